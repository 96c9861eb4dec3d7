"""Which column holds what, by its heading: the names that help desks give them, in five languages.

Headings are compared without case, accents and signs. The first name of a field that a file has is taken.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.core import texts

ZONES = ("utc", "gmt")  # as the last word of a heading: `Created at (UTC)`


class HeadingNames(NamedTuple):
    """English names, and those in German, French, Spanish and Portuguese."""

    english: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.english + self.others


def _names(english: str, others: str = "") -> HeadingNames:
    return HeadingNames(
        *(tuple(" ".join(name.split()) for name in text.split(",") if name.strip()) for text in (english, others))
    )


# In the order in which columns are given away: what is surest first.
TICKET: Mapping[str, HeadingNames] = {
    "external_id": _names(
        """ticket id, ticket number, ticket no, ticket nr, ticket key, case number, case id, issue key, incident
        number, incident id, request id, request number, conversation id, conversation number, external id,
        ticket, incident, number, key, id, nr, no""",
        """ticketnummer, ticket nummer, vorgangsnummer, vorgangs nr, fallnummer, nummer, numero de ticket, numero
        du ticket, id du ticket, id ticket, n ticket, numero d incident, numero de la demande, numero del
        ticket, id del ticket, id de ticket, numero de caso, id del caso, folio, numero do ticket, id do ticket,
        numero do chamado, id do chamado, n do chamado, protocolo, chamado, numero, n, num, codigo""",
    ),
    "account.external_id": _names(
        """account id, organization id, organisation id, customer id, company id, customer number, customer no,
        client id, account number, associated company ids, associated company id, company record id""",
        """kundennummer, kunden nr, kunden id, kundennr, firmen id, id client, id du client, numero client, code
        client, numero de client, id societe, id entreprise, id cliente, id del cliente, numero de cliente,
        codigo de cliente, codigo cliente, id empresa, id de la empresa, id do cliente, codigo do cliente,
        numero do cliente, id da empresa""",
    ),
    "subject": _names(
        """subject, summary, short description, ticket subject, ticket name, conversation subject, title, headline,
        topic""",
        """betreff, titel, zusammenfassung, kurzbeschreibung, thema, objet, sujet, titre, intitule, resume, asunto,
        titulo, resumen, nombre del ticket, assunto, resumo, nome do ticket""",
    ),
    "body": _names(
        """description, body, message, details, text, comment, first message, initial message, ticket description""",
        """beschreibung, nachricht, meldung, contenu, detail, descripcion, mensaje, detalle, detalles, descricao,
        mensagem, detalhes""",
    ),
    "users_affected": _names(
        """users affected, affected users, impacted users, users impacted, number of users, number of affected
        users, user count, users""",
        """betroffene benutzer, betroffene nutzer, anzahl benutzer, anzahl betroffener, utilisateurs affectes,
        utilisateurs impactes, nombre d utilisateurs, usuarios afectados, numero de usuarios, usuarios afetados""",
    ),
    "url": _names("url, link, permalink, ticket url, web url, html url, ticket link", "lien, enlace"),
    "priority": _names("priority, prio, ticket priority, priority name", "prioritat, priorite, prioridad, prioridade"),
    "sentiment": _names("sentiment, customer sentiment", "stimmung, sentimiento, sentimento"),
    "language": _names("language, ticket language, locale", "sprache, langue, idioma, lingua"),
    "product_area": _names(
        "product area, component, components, product, module, area",
        "komponente, produkt, modul, composant, produit, componente, producto, produto, modulo",
    ),
    "tags": _names(
        "tags, labels, ticket tags, conversation tags, current tags",
        "schlagworter, schlagworte, etiketten, etiquettes, etiquetas, marcadores, mots cles",
    ),
    "account.name": _names(
        """account name, organization name, organisation name, organization, organisation, organizations, customer
        name, company name, customer, company, account, client, associated company, requester organization""",
        """kundenname, kunde, firma, unternehmen, organisationsname, nom du client, client, societe, entreprise,
        organisation, nombre del cliente, cliente, empresa, organizacion, nome do cliente, organizacao""",
    ),
    "account.segment": _names(
        "segment, customer segment, account segment, tier, customer tier", "kundensegment, segmento"
    ),
    "account.plan": _names(
        "plan, subscription, subscription plan, contract, package",
        "tarif, vertrag, abonnement, contrat, contrato, plano, suscripcion, assinatura",
    ),
    "account.region": _names("region, country", "land, pays, pais, regiao"),
    "account.arr": _names(
        "arr, annual recurring revenue, annual revenue, revenue, contract value, acv, mrr",
        "umsatz, jahresumsatz, chiffre d affaires, facturacion, ingresos, receita, faturamento",
    ),
    "occurred_at": _names(
        """created at, opened at, created, opened, creation date, created date, date created, create date, created
        time, created on, opened on, reported at, submitted at, open time, date opened, date time opened,
        conversation started at, started at, date, timestamp""",
        """erstellt am, erstellt, eroffnet am, eroffnet, angelegt am, angelegt, erstellungsdatum, gemeldet am,
        datum, date de creation, date d ouverture, cree le, ouvert le, fecha de creacion, fecha creacion, fecha
        de apertura, creado el, creado, abierto el, fecha, data de criacao, data de abertura, criado em, aberto
        em, data""",
    ),
    "state": _names(
        "status, state, ticket status, case status, issue status, incident state, ticket state, conversation state",
        """zustand, statut, etat, statut du ticket, etat du ticket, estado, estado del ticket, situacao, status do
        ticket, status do chamado""",
    ),
    "resolved_at": _names(
        "resolved at, resolved, resolution date, resolved time, resolved date, resolved on, date resolved, solved at",
        """gelost am, gelost, behoben am, losungsdatum, date de resolution, resolu le, fecha de resolucion,
        resuelto el, fecha resolucion, data de resolucao, data da solucao, resolvido em, solucionado em""",
    ),
    "closed_at": _names(
        """closed at, closed, closed date, date closed, date time closed, closed time, close date, close time,
        closed on, completed at""",
        """geschlossen am, geschlossen, abgeschlossen am, beendet am, date de fermeture, date de cloture, ferme le,
        cloture le, fecha de cierre, fecha cierre, cerrado el, data de fechamento, data de encerramento, fechado
        em, encerrado em""",
    ),
    "attributes.owner": _names(
        """assignee, assignees, assigned to, owner, agent, assigned agent, assignee name, assigned user, ticket
        owner, technician, assigned technician, teammate assigned, owner name, agent name""",
        """bearbeiter, zugewiesen an, zugewiesen, zustandig, besitzer, verantwortlich, verantwortlicher, techniker,
        assigne a, assigne a technicien, attribue a, responsable, technicien, proprietaire, asignado a, agente
        asignado, agente, propietario, tecnico, atribuido a, responsavel, proprietario""",
    ),
    "attributes.team": _names(
        """assignment group, assigned group, group, team, queue, team assigned, ticket group, support group,
        mailbox, assigned team""",
        """gruppe, warteschlange, zuweisungsgruppe, groupe, equipe, file d attente, assigne a groupe de
        techniciens, grupo, grupo de asignacion, equipo, cola, fila, time responsavel""",
    ),
    "attributes.impact": _names("impact", "auswirkung, auswirkungen, impacto"),
    "attributes.urgency": _names("urgency", "dringlichkeit, urgence, urgencia"),
    "attributes.severity": _names(
        "severity", "schweregrad, gravite, severite, gravedad, severidad, gravidade, severidade"
    ),
    "attributes.type": _names(
        "issue type, ticket type, case type, type, tracker", "typ, vorgangstyp, tipo, tipo de ticket"
    ),
    "attributes.category": _names("category, ticket category", "kategorie, categorie, categoria"),
    "attributes.channel": _names(
        "channel, via, contact type, ticket channel, source, origin", "kanal, quelle, canal, origine, origen, origem"
    ),
}
# What a row of a history tells, where a file has several rows of one ticket.
HISTORY: Mapping[str, HeadingNames] = {
    "at": _names(
        """changed at, change date, change time, changed on, changed, transition date, transitioned at, event time,
        event date, updated at, updated on, updated, update time, sys updated on, sys updated at, modified at,
        modified on, modified, last modified, last updated, last update time, timestamp, occurred at, date time,
        date, time, when, created at, created""",
        """geandert am, geandert, anderungsdatum, anderungszeit, zeitpunkt, zeitstempel, datum, date de
        modification, date du changement, modifie le, horodatage, fecha de cambio, fecha de modificacion, fecha
        del cambio, modificado el, fecha y hora, fecha, data da alteracao, data de alteracao, alterado em,
        modificado em, data hora, data""",
    ),
    "state": _names(
        """to status, new status, status to, to state, new state, to, new value, incident state, status, state,
        ticket status, ticket state""",
        """neuer status, neuer zustand, zustand, nouveau statut, nouvel etat, statut, etat, nuevo estado, estado
        nuevo, estado, novo status, nova situacao, situacao""",
    ),
    "by": _names(
        """changed by, updated by, sys updated by, modified by, transitioned by, actor, author, editor, performed
        by, user, agent name""",
        """geandert von, bearbeitet von, benutzer, modifie par, auteur, utilisateur, modificado por, cambiado por,
        autor, usuario, alterado por""",
    ),
    "after": _names("sys mod count, version, revision, sequence, change number, step", "reihenfolge, orden, ordem"),
}


def plain(heading: str) -> str:
    """A heading as names are compared: words in small letters, without accents and signs."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    letters = texts.normal("NFKD", apart.replace("ß", "ss"))
    bare = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    words = re.sub(r"[\W_]+", " ", bare).strip().lower().removeprefix("custom field ")
    if not words and "#" in heading:
        return "id"
    return words.rpartition(" ")[0] if words.endswith(tuple(f" {zone}" for zone in ZONES)) else words


def zoned(heading: str) -> bool:
    """Whether a heading says that its times are UTC."""
    return bool(re.search(rf"\b({'|'.join(ZONES)})\b", heading, re.IGNORECASE))


class Chosen(NamedTuple):
    """The column of a field, and others that its names fit as well."""

    column: str
    others: tuple[str, ...]


def chosen(fields: Mapping[str, HeadingNames], header: Sequence[str], taken: Sequence[str] = ()) -> dict[str, Chosen]:
    """The column of each field; none twice, and none of those that are taken."""
    by_name: dict[str, str] = {}
    for column in header:
        if column not in taken:
            by_name.setdefault(plain(column), column)
    found: dict[str, Chosen] = {}
    for field, names in fields.items():
        used = {each.column for each in found.values()}
        fits = [by_name[name] for name in dict.fromkeys(names.all) if name in by_name and by_name[name] not in used]
        if fits:
            found[field] = Chosen(fits[0], tuple(fits[1:]))
    return found


def foreign(columns: Sequence[str]) -> bool:
    """Whether these headings are of a language in which the day is written before the month: more of them are known in
    another than English."""
    english = {name for names in (*TICKET.values(), *HISTORY.values()) for name in names.english}
    others = {name for names in (*TICKET.values(), *HISTORY.values()) for name in names.others} - english
    named = [plain(column) for column in columns]
    return sum(name in others for name in named) > sum(name in english for name in named)
