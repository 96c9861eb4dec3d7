"""Exports and logs as help desks write them, after their public examples, and what their tickets say."""

from typing import Any, NamedTuple


class Export(NamedTuple):
    """A file, what some of its tickets say (dotted fields), and what the draft remarks."""

    text: str
    says: dict[str, dict[str, Any]]
    remarks: tuple[str, ...] = ()
    encoding: str = "utf-8"


EXPORTS = {
    "Jira": Export(
        "Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Resolution,Assignee,Reporter,Created,"
        "Updated,Resolved,Components,Labels,Labels,Description,Custom field (Organizations),Custom field (Impact)\n"
        "Login fails,SUP-1,10001,Incident,Done,SUP,Highest,Fixed,ann,bo,12/Mar/24 9:41 AM,14/Mar/24 8:00 PM,"
        '14/Mar/24 10:00 PM,Portal,vip,billing,"It\nfails",Acme,Extensive / Widespread\n'
        "Printer,SUP-2,10002,Question,Waiting for customer,SUP,Low,,,cy,2/Apr/24 12:05 AM,2/Apr/24 1:05 AM,,,,,,,\n",
        {
            "SUP-1": {
                "subject": "Login fails",
                "body": "It\nfails",
                "priority": "Highest",
                "tags": ["vip", "billing"],
                "product_area": "Portal",
                "occurred_at": "2024-03-12T09:41:00Z",
                "state": "closed",
                "resolved_at": "2024-03-14T22:00:00Z",
                "account.name": "Acme",
                "attributes.owner": "ann",
                "attributes.type": "Incident",
                "attributes.impact": "Extensive / Widespread",
            },
            "SUP-2": {"state": "open", "tags": None, "attributes.owner": None, "users_affected": None},
        },
        ("in which zone are these times?", "# Not used:"),
    ),
    "Zendesk": Export(
        "Summation column,Id,Subject,Requester,Requester email,Organization,Assignee,Group,Status,Priority,Via,"
        "Ticket type,Created at,Updated at,Solved at,Tags,Satisfaction Score\n"
        "1,101,Cannot pay,Ann,ann@example.com,Acme,Dana,Billing,Solved,Urgent,Mail,Incident,2024-03-12 09:41:00 UTC,"
        "2024-03-12 11:00:00 UTC,2024-03-12 11:00:00 UTC,billing vip,Good\n"
        "1,102,Hello,Bo,bo@example.com,-,,Support,On-hold,-,Web,Question,2024-03-13 09:41:00 UTC,"
        "2024-03-13 09:41:00 UTC,,,Not Offered\n",
        {
            "101": {
                "subject": "Cannot pay",
                "priority": "Urgent",
                "tags": ["billing", "vip"],
                "state": "resolved",
                "occurred_at": "2024-03-12T09:41:00Z",
                "resolved_at": "2024-03-12T11:00:00Z",
                "account.name": "Acme",
                "attributes.owner": "Dana",
                "attributes.team": "Billing",
                "attributes.channel": "Mail",
            },
            "102": {"state": "open", "priority": None, "account.name": None},
        },
    ),
    "Freshdesk": Export(
        "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
        "Last update time,Resolution status,Tags,Company Name,Company ID\n"
        '7,Größe falsch,Closed,High,Email,Problem,Dana,Support,"Mar 12, 2024 09:41 AM","Mar 14, 2024 09:41 AM",'
        '"Mar 12, 2024 10:00 AM","Mar 13, 2024 12:00 PM","Mar 13, 2024 12:00 PM",Within SLA,"billing, vip",Acme,4711\n'
        '8,Frage,Waiting on Customer,Low,Portal,Question,No Agent,Support,"Mar 13, 2024 09:41 AM","",,,,,,,\n',
        {
            "7": {
                "subject": "Größe falsch",
                "state": "closed",
                "tags": ["billing", "vip"],
                "resolved_at": "2024-03-12T10:00:00Z",
                "closed_at": "2024-03-13T12:00:00Z",
                "account.external_id": "4711",
                "account.name": "Acme",
                "attributes.owner": "Dana",
            },
            "8": {"state": "open", "occurred_at": "2024-03-13T09:41:00Z"},
        },
        (),
        "cp1252",
    ),
    "ServiceNow": Export(
        '"number","opened_at","short_description","caller_id","company","priority","impact","urgency","state",'
        '"category","assignment_group","assigned_to","sys_updated_on","sys_updated_by","resolved_at","closed_at"\n'
        '"INC0010001","2024-03-12 09:41:00","E-mail is slow","Ann","Acme","1 - Critical","1 - High","1 - High",'
        '"Closed","Software","Network","Dana","2024-03-14 10:00:00","dana","2024-03-13 10:00:00",'
        '"2024-03-14 10:00:00"\n'
        '"INC0010002","2024-03-13 09:41:00","VPN","Bo","","4 - Low","3 - Low","3 - Low","On Hold","Network",'
        '"Network","","2024-03-13 09:41:00","bo","",""\n',
        {
            "INC0010001": {
                "subject": "E-mail is slow",
                "state": "closed",
                "priority": "1 - Critical",
                "attributes.impact": "1 - High",
                "attributes.urgency": "1 - High",
                "attributes.owner": "Dana",
                "attributes.team": "Network",
                "attributes.category": "Software",
                "account.name": "Acme",
                "closed_at": "2024-03-14T10:00:00Z",
            },
            "INC0010002": {"state": "open", "users_affected": None, "attributes.impact": "3 - Low"},
        },
    ),
    "Znuny": Export(
        '"Ticket#";"Titel";"Status";"Priorität";"Queue";"Besitzer";"Kundennummer";"Erstellt";"Geschlossen";"Umsatz"\r\n'
        '"2024031210000015";"Drucker";"erfolgreich geschlossen";"5 sehr hoch";"Support";"dana";"K-17";'
        '"12.03.2024 09:41";"14.03.2024 10:00:30";"12.000,50 €"\r\n'
        '"2024031210000016";"Telefon";"offen";"3 normal";"Support";"";"K-18";"13.03.2024 09:41";"";"250.000"\r\n',
        {
            "2024031210000015": {
                "subject": "Drucker",
                "state": "closed",
                "priority": "5 sehr hoch",
                "closed_at": "2024-03-14T10:00:30Z",
                "account.external_id": "K-17",
                "account.arr": 12000.5,
                "attributes.team": "Support",
                "attributes.owner": "dana",
            },
            "2024031210000016": {"state": "open", "account.arr": 250_000},
        },
        (),
        "cp1252",
    ),
    "GLPI in French": Export(
        '"ID";"Titre";"Statut";"Dernière modification";"Date d\'ouverture";"Priorité";"Impact";"Urgence";'
        '"Assigné à - Technicien";"Catégorie";"Client";"Date de clôture"\n'
        '"41";"Imprimante en panne";"Clos";"04-03-2024 10:00";"03-03-2024 09:41";"Haute";"Moyen";"Haute";"Dana";'
        '"Matériel";"Acme";"05-03-2024 10:00"\n'
        '"42";"Accès au VPN";"En cours (Attribué)";"06-03-2024 10:00";"06-03-2024 09:41";"Basse";"Faible";"Basse";"";'
        '"Réseau";"Beta";""\n',
        {
            "41": {
                "subject": "Imprimante en panne",
                "state": "closed",
                "occurred_at": "2024-03-03T09:41:00Z",
                "closed_at": "2024-03-05T10:00:00Z",
                "priority": "Haute",
                "attributes.impact": "Moyen",
                "attributes.urgency": "Haute",
                "attributes.owner": "Dana",
                "attributes.category": "Matériel",
                "account.name": "Acme",
            },
            "42": {"state": "open", "occurred_at": "2024-03-06T09:41:00Z", "users_affected": None},
        },
        ("is the day first in", "as is usual in this language?"),
    ),
    "a Spanish help desk": Export(
        "ID del ticket;Asunto;Descripción;Estado;Prioridad;Agente asignado;Grupo;Fecha de creación;Fecha de cierre;"
        "Etiquetas;Empresa;ID de la empresa;Usuarios afectados\n"
        "T-1;No puedo pagar;Falla desde ayer;Cerrado;Alta;Dana;Soporte;05/03/2024 09:41;06/03/2024 10:00;"
        "pagos, vip;Acme;77;1.200\n"
        "T-2;Pregunta;;Pendiente;Baja;;Soporte;07/03/2024 09:41;;;Beta;78;\n",
        {
            "T-1": {
                "subject": "No puedo pagar",
                "body": "Falla desde ayer",
                "state": "closed",
                "occurred_at": "2024-03-05T09:41:00Z",
                "closed_at": "2024-03-06T10:00:00Z",
                "tags": ["pagos", "vip"],
                "account.external_id": "77",
                "account.name": "Acme",
                "attributes.owner": "Dana",
                "users_affected": 1200,
            },
            "T-2": {"state": "open", "users_affected": None},
        },
    ),
    "a Portuguese help desk": Export(
        "Número do chamado;Título;Situação;Prioridade;Impacto;Responsável;Aberto em;Resolvido em;Cliente;"
        "Código do cliente\n"
        "1001;Impressora parada;Resolvido;Crítica;Alto;Dana;15/03/2024 09:41;16/03/2024 10:00;Acme;C-9\n"
        "1002;Dúvida;Em andamento;Baixa;Baixo;;04/03/2024 09:41;;Beta;C-10\n",
        {
            "1001": {
                "subject": "Impressora parada",
                "state": "resolved",
                "priority": "Crítica",
                "attributes.impact": "Alto",
                "attributes.owner": "Dana",
                "resolved_at": "2024-03-16T10:00:00Z",
                "account.external_id": "C-9",
                "account.name": "Acme",
            },
            "1002": {"state": "open", "occurred_at": "2024-03-04T09:41:00Z"},
        },
    ),
    "HubSpot": Export(
        "Ticket ID,Ticket name,Pipeline,Ticket status,Create date,Close date,Priority,Ticket owner,Source,"
        "Associated Company,Associated Company IDs,,\n"
        "901,Refund,Support,Closed,2024-03-12 09:41,2024-03-14 10:00,HIGH,Dana,EMAIL,Acme,55,,\n"
        "902,Setup,Support,Waiting on us,2024-03-13 09:41,,,,CHAT,Beta,56,,\n",
        {
            "901": {
                "subject": "Refund",
                "state": "closed",
                "closed_at": "2024-03-14T10:00:00Z",
                "account.external_id": "55",
                "account.name": "Acme",
                "attributes.owner": "Dana",
            },
            "902": {"state": "open"},
        },
        (),
        "utf-16",
    ),
    "Intercom": Export(
        "Conversation ID,Conversation started at (UTC),State,Title,Teammate assigned,Team assigned,Company ID,"
        "Company name,Conversation tags\n"
        "215468,2024-03-12 09:41:00,closed,Where is it?,Dana,Support,co-1,Acme,a; b\n"
        "215469,2024-03-13 09:41:00,snoozed,Hello,,Support,co-2,Beta,\n",
        {
            "215468": {
                "subject": "Where is it?",
                "state": "closed",
                "occurred_at": "2024-03-12T09:41:00Z",
                "tags": ["a", "b"],
                "account.external_id": "co-1",
                "attributes.owner": "Dana",
                "attributes.team": "Support",
            },
            "215469": {"state": "open"},
        },
    ),
    "GitHub": Export(
        "number,title,state,labels,author,assignees,createdAt,closedAt,url,body\n"
        '12,Crash on start,CLOSED,"bug,help wanted",ann,dana,2024-03-12T09:41:00Z,2024-03-14T10:00:00Z,'
        "https://github.com/acme/app/issues/12,It crashes\n"
        "13,Typo,OPEN,,bo,,2024-03-13T09:41:00Z,,https://github.com/acme/app/issues/13,\n",
        {
            "12": {
                "subject": "Crash on start",
                "body": "It crashes",
                "state": "closed",
                "tags": ["bug", "help wanted"],
                "url": "https://github.com/acme/app/issues/12",
                "closed_at": "2024-03-14T10:00:00Z",
                "attributes.owner": "dana",
            },
            "13": {"state": "open"},
        },
    ),
    "a spreadsheet with serial dates": Export(
        "Nr;Titel;Erstellt am;Status\n1;Eins;45363,4034722222;Offen\n2;Zwei;45364,5;Erledigt\n",
        {
            "1": {"occurred_at": "2024-03-12T09:41:00Z", "state": "open"},
            "2": {"occurred_at": "2024-03-13T12:00:00Z", "state": "closed"},
        },
        ("days of a spreadsheet",),
    ),
}

HISTORIES = {
    "ServiceNow": (
        "number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at,opened_at,assigned_to,assignment_group,"
        "short_description,impact,category\n"
        "INC1,New,0,caller 1,2016-02-29 01:23:00,2016-02-29 01:16:00,?,Desk,Printer,2 - Medium,Hardware\n"
        "INC1,Active,1,Dana,2016-02-29 08:53:00,2016-02-29 01:16:00,Dana,Desk,Printer,2 - Medium,Hardware\n"
        "INC1,Awaiting User Info,2,Dana,2016-02-29 11:29:00,2016-02-29 01:16:00,Dana,Desk,Printer,2 - Medium,Hardware\n"
        "INC1,Resolved,3,Dana,2016-03-01 11:29:00,2016-02-29 01:16:00,Dana,Desk,Printer,2 - Medium,Hardware\n"
        "INC2,New,0,caller 2,2016-03-01 12:00:00,2016-03-01 11:59:00,?,Net,VPN,1 - High,Network\n"
        "INC2,Closed,1,Eve,2016-03-02 12:00:00,2016-03-01 11:59:00,Eve,Net,VPN,1 - High,Network\n",
        [
            ("INC1", "new", "caller-1", None, "desk"),
            ("INC1", "working", "dana", "dana", "desk"),
            ("INC1", "waiting", "dana", "dana", "desk"),
            ("INC1", "resolved", "dana", "dana", "desk"),
            ("INC2", "new", "caller-2", None, "net"),
            ("INC2", "closed", "eve", "eve", "net"),
        ],
    ),
    "transitions of Jira": (
        "Issue key,Summary,Changed at,Author,From status,To status,Assignee\n"
        "SUP-1,Login,2024-03-12T09:41:00Z,ann,,To Do,\n"
        "SUP-1,Login,2024-03-12T10:41:00Z,dana,To Do,In Progress,dana\n"
        "SUP-1,Login,2024-03-13T10:41:00Z,dana,In Progress,Done,dana\n",
        [
            ("SUP-1", "new", "ann", None, None),
            ("SUP-1", "working", "dana", "dana", None),
            ("SUP-1", "closed", "dana", "dana", None),
        ],
    ),
    "a German log without subjects": (
        "Ticketnummer;Zeitpunkt;Neuer Status;Geändert von;Bearbeiter\n"
        "1;13.03.2024 09:41;Neu;Ann;\n1;13.03.2024 10:41;In Bearbeitung;Bo;Bo\n1;14.03.2024 09:41;Gelöst;Bo;Bo\n",
        [("1", "new", "ann", None, None), ("1", "working", "bo", "bo", None), ("1", "resolved", "bo", "bo", None)],
    ),
    "a Spanish log": (
        "ID de ticket,Asunto,Fecha de cambio,Usuario,Nuevo estado\n"
        "7,Pago,05/03/2024 09:41,Ana,Nuevo\n7,Pago,05/03/2024 10:41,Eva,Pendiente\n"
        "7,Pago,06/03/2024 09:41,Eva,Cerrado\n",
        [("7", "new", "ana", None, None), ("7", "waiting", "eva", None, None), ("7", "closed", "eva", None, None)],
    ),
}
