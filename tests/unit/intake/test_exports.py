"""Exports as other tools write them, after their public examples: each is read whole without a change of the file."""

import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tocsin.core.errors import TocsinError
from tocsin.intake.csv_import import ImportOutcome, import_csv
from tocsin.intake.importing import Became, Row
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.policy.body import to_body


class Export(NamedTuple):
    """A file, its mapping and what is asked of some of its rows, by ticket: field and value."""

    text: str
    mapping: str
    says: dict[str, dict[str, Any]]
    encoding: str = "utf-8"


EXPORTS = {
    "Jira": Export(
        "Summary,Issue key,Issue id,Status,Priority,Created,Resolved,Labels,Labels,Labels,Description,Comment,Comment\n"
        'Login fails,SUP-1,10001,Done,Highest,12/Mar/24 9:41 AM,14/Mar/24 10:00 PM,vip,,billing,"He said:\n""It\n'
        'fails""",13/Mar/24 8:00 AM;anna;Seen.,13/Mar/24 9:00 AM;bo;Mended.\n'
        "Printer,SUP-2,10002,In Progress,Low,2/Apr/24 12:05 AM,,,,,,,\n",
        "source: jira\nexternal_id: Issue key\nsubject: Summary\nbody: '{Description}\n\n{Comment}'\n"
        "priority: Priority\ntags: Labels\nattributes: {comments: Comment}\nzone: Europe/Berlin\noccurred_at: Created\n"
        "state: Status\nresolved_at: Resolved\n",
        {
            "SUP-1": {
                "tags": ["vip", "billing"],
                "occurred_at": "2024-03-12T08:41:00Z",
                "state": "closed",
                "resolved_at": "2024-03-14T21:00:00Z",
                "attributes": {"comments": ["13/Mar/24 8:00 AM;anna;Seen.", "13/Mar/24 9:00 AM;bo;Mended."]},
            },
            "SUP-2": {"tags": None, "state": "open", "occurred_at": "2024-04-01T22:05:00Z"},
        },
    ),
    "Zendesk": Export(
        "Id,Subject,Requester,Status,Priority,Created at,Solved at,Tags,Organization\n"
        "101,Cannot pay,ann@example,Solved,Urgent,2024-03-12 09:41:00 UTC,2024-03-12 11:00:00 UTC,billing vip,Acme\n"
        "102,Hello,bo@example.com,On-hold,-,2024-03-13 09:41:00 UTC,,,-\n",
        "source: zendesk\nexternal_id: Id\nsubject: Subject\npriority: Priority\noccurred_at: Created at\n"
        "tags: {column: Tags, split: ' '}\naccount: {name: Organization}\nmissing: ['-']\nstate: Status\n"
        "resolved_at: Solved at\n",
        {
            "101": {"tags": ["billing", "vip"], "state": "resolved", "resolved_at": "2024-03-12T11:00:00Z"},
            "102": {"priority": None, "state": "open"},
        },
    ),
    "ServiceNow": Export(
        '"number","short_description","state","priority","opened_at","closed_at","u_users"\n'
        '"INC001","E-mail is slow","Closed","1 - Critical","2024-03-12 09:41:00","2024-03-14 10:00:00","1,200"\n'
        '"INC002","VPN","Awaiting User Info","4 - Low","2024-03-13 09:41:00","",""\n',
        "source: servicenow\nexternal_id: number\nsubject: short_description\npriority: priority\nzone: UTC\n"
        "occurred_at: opened_at\nusers_affected: u_users\nstate: state\nclosed_at: closed_at\n",
        {
            "INC001": {"users_affected": 1200, "state": "closed", "closed_at": "2024-03-14T10:00:00Z"},
            "INC002": {"state": "open", "users_affected": None},
        },
        "cp1252",
    ),
    "Freshdesk": Export(
        "Ticket ID,Subject,Status,Priority,Created time,Resolved time,Closed time,Tags\n"
        '7,Größe falsch,Closed,High,"Mar 12, 2024 09:41 AM","Mar 12, 2024 10:00 AM",'
        '"Mar 13, 2024 12:00 PM","billing, vip"\n'
        '8,Frage,Waiting on Customer,Low,"Mar 13, 2024 09:41 AM",,,\n',
        "source: freshdesk\nexternal_id: Ticket ID\nsubject: Subject\ntags: Tags\nzone: Asia/Kolkata\n"
        "occurred_at: Created time\nstate: Status\nresolved_at: Resolved time\nclosed_at: Closed time\n",
        {
            "7": {
                "subject": "Größe falsch",
                "tags": ["billing", "vip"],
                "resolved_at": "2024-03-12T04:30:00Z",
                "closed_at": "2024-03-13T06:30:00Z",
            },
            "8": {"state": "open"},
        },
        "cp1252",
    ),
    "Salesforce": Export(
        '"Case Number","Subject","Status","Date/Time Opened","Date/Time Closed","Account Name"\n'
        '"00001026","Generator down","Closed","3/12/2024, 9:41 AM","3/14/2024, 10:00 AM","Acme, Inc."\n'
        '"00001027","Question","Escalated","4/5/2024, 9:41 AM","","Beta"\n',
        "source: salesforce\nexternal_id: Case Number\nsubject: Subject\nzone: America/New_York\n"
        "occurred_at: Date/Time Opened\nstate: Status\nclosed_at: Date/Time Closed\naccount: {name: Account Name}\n",
        {
            "00001026": {"closed_at": "2024-03-14T14:00:00Z", "occurred_at": "2024-03-12T13:41:00Z"},
            "00001027": {"occurred_at": "2024-04-05T13:41:00Z", "state": "open"},
        },
        "utf-8-sig",
    ),
    "GitHub": Export(
        "number,title,state,labels,createdAt,closedAt\n"
        '12,Crash on start,CLOSED,"bug,help wanted",2024-03-12T09:41:00Z,2024-03-14T10:00:00Z\n'
        "13,Typo,OPEN,,2024-03-13T09:41Z,\n",
        "source: github\nexternal_id: number\nsubject: title\ntags: labels\noccurred_at: createdAt\nstate: state\n"
        "closed_at: closedAt\n",
        {"12": {"tags": ["bug", "help wanted"], "state": "closed"}, "13": {"state": "open"}},
    ),
    "Znuny": Export(
        '"Ticket#";"Titel";"Status";"Erstellt";"Geschlossen";"Anzahl"\r\n'
        '"2024031210000015";"Drucker";"erfolgreich geschlossen";"12.03.2024 09:41";"14.03.2024 10:00:30";"1.200"\r\n'
        '"2024031210000016";"Telefon";"offen";"13.03.2024 09:41";"";""\r\n'
        '"";"";"";"";"";""\r\n;;;;;\r\n',
        'source: znuny\ndelimiter: ";"\nexternal_id: "Ticket#"\nsubject: Titel\nzone: Europe/Berlin\n'
        "occurred_at: Erstellt\nusers_affected: Anzahl\n"
        "state: {column: Status, map: {erfolgreich geschlossen: closed, offen: open}}\nclosed_at: Geschlossen\n",
        {"2024031210000015": {"users_affected": 1200, "closed_at": "2024-03-14T09:00:30Z"}},
        "cp1252",
    ),
    "Request Tracker": Export(
        "id\tSubject\tStatus\tCreated\tResolved\tRequestors\n"
        "1\tDisk full\tresolved\tTue Mar 12 09:41:00 2024\tThu Mar 14 10:00:00 2024\tann@example.com\n"
        "2\tDNS\tstalled\tWed Mar 13 09:41:00 2024\tNot set\tbo@example.com\n",
        'source: rt\ndelimiter: "\\t"\nexternal_id: id\nsubject: Subject\nzone: UTC\noccurred_at: Created\n'
        "missing: [Not set]\nstate: Status\nresolved_at: Resolved\n",
        {"1": {"state": "resolved", "resolved_at": "2024-03-14T10:00:00Z"}, "2": {"state": "open"}},
    ),
    "Redmine": Export(
        "#;Tracker;Status;Priority;Subject;Updated;Closed\n"
        "42;Bug;Closed;Normal;Café crashes;03/12/2024 09:41 am;03/14/2024 10:00 am\n"
        "43;Support;Feedback;High;Naïve question;03/13/2024 09:41 pm;\n",
        'source: redmine\ndelimiter: ";"\nexternal_id: "#"\nsubject: Subject\nzone: UTC\noccurred_at: Updated\n'
        "state: Status\nclosed_at: Closed\n",
        {"42": {"subject": "Café crashes", "closed_at": "2024-03-14T10:00:00Z"}, "43": {"state": "open"}},
        "latin-1",
    ),
    "HubSpot": Export(
        "Ticket ID,Ticket name,Ticket status,Create date,Close date,,\n"
        "1,Refund,Closed,2024-03-12 09:41,2024-03-14 10:00,,\n2,Setup,Waiting on us,2024-03-13 09:41,,,\n",
        "source: hubspot\nexternal_id: Ticket ID\nsubject: Ticket name\nzone: UTC\noccurred_at: Create date\n"
        "state: Ticket status\nclosed_at: Close date\n",
        {"1": {"closed_at": "2024-03-14T10:00:00Z"}, "2": {"state": "open"}},
        "utf-16",
    ),
    "Intercom": Export(
        "conversation_id,title,state,created_at,updated_at,tags\n"
        "215468,Where is it?,closed,1710236460,1710236460000,a; b\n215469,Hello,snoozed,1710322860,,\n",
        "source: intercom\nexternal_id: conversation_id\nsubject: title\noccurred_at: created_at\nstate: state\n"
        "closed_at: updated_at\ntags: tags\n",
        {"215468": {"tags": ["a", "b"], "closed_at": "2024-03-12T09:41:00Z"}, "215469": {"state": "open"}},
    ),
    "a spreadsheet": Export(
        "sep=;\r\nNr;Titel;Am\r\n1;Eins;12.03.2024\r\n2;Zwei;13.03.2024;;\r\n;;\r\n",
        "source: sheet\nexternal_id: Nr\nsubject: Titel\noccurred_at: {column: Am, zone: Europe/Berlin}\n",
        {"1": {"occurred_at": "2024-03-11T23:00:00Z"}, "2": {"subject": "Zwei"}},
        "utf-8-sig",
    ),
    "mail headers": Export(
        'id,subject,date\n1,Help,"Tue, 12 Mar 2024 09:41:00 +0100"\n2,Help,"Wed, 13 Mar 2024 09:41:00 GMT"\n',
        "source: mail\nexternal_id: id\nsubject: subject\noccurred_at: date\n",
        {"1": {"occurred_at": "2024-03-12T08:41:00Z"}, "2": {"occurred_at": "2024-03-13T09:41:00Z"}},
    ),
}


def taken(path: Path, mapping: str) -> tuple[ImportOutcome, list[Row]]:
    """What an import of a file would send on."""
    rows: list[Row] = []

    def send(some: list[Row]) -> list[Became | TocsinError]:
        rows.extend(some)
        return [Became("opened") for _ in some]

    return import_csv(path, parse_mapping(mapping), send), rows


def values(row: Row) -> dict[str, Any]:
    """A row as it would go over the network."""
    import msgspec

    to_body(row.ticket)
    found: dict[str, Any] = msgspec.to_builtins(row)
    ticket: dict[str, Any] = found["ticket"]
    return ticket | {name: found.get(name) for name in ("state", "resolved_at", "closed_at")}


@pytest.mark.parametrize("tool", EXPORTS)
def test_an_export_is_read_whole(tool: str, tmp_path: Path) -> None:
    export = EXPORTS[tool]
    path = tmp_path / "export.csv"
    path.write_bytes(export.text.encode(export.encoding))
    outcome, rows = taken(path, export.mapping)
    assert (outcome.first_refused, outcome.first_unread, outcome.opened) == ([], [], 2)
    found = {str(row.ticket["external_id"]): values(row) for row in rows}
    for ticket, says in export.says.items():
        assert {name: found[ticket][name] for name in says} == says


LEAST = "source: s\nexternal_id: id\nsubject: title\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("file", ["NFC", "NFD"])
@pytest.mark.parametrize("mapping", ["NFC", "NFD"])
def test_the_names_of_columns_are_compared_with_composed_letters(tmp_path: Path, file: Any, mapping: Any) -> None:
    path = written(tmp_path, unicodedata.normalize(file, "id,Prüfung\n1,über\n"))
    document = unicodedata.normalize(mapping, "source: x\nexternal_id: id\nsubject: Prüfung\n")
    assert unicodedata.normalize("NFC", taken(path, document)[1][0].ticket["subject"]) == "über"


def test_a_date_that_could_be_two_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,at\n1,A,03/04/2024\n2,B,05/06/2024\n")
    mapping = LEAST + "occurred_at: at\nzone: UTC\n"
    outcome, rows = taken(path, mapping)
    assert rows == []
    assert outcome.refused == {"occurred_at: a date whose day and month could be either": 2}
    first = outcome.first_refused[0]
    assert (first.line, first.external_id, first.column, first.value) == (2, "1", "at", "03/04/2024")
    assert "`day_first: true` or `false` in the mapping: it is either 3 April or 4 March" in first.detail
    outcome, rows = taken(path, mapping + "unreadable: missing\n")
    assert (outcome.opened, outcome.unread.total()) == (2, 2)
    assert (outcome.first_unread[1].line, outcome.first_unread[1].value) == (3, "05/06/2024")
    _, rows = taken(path, mapping + "day_first: true\n")
    assert values(rows[0])["occurred_at"] == "2024-04-03T00:00:00Z"
    _, rows = taken(path, LEAST + "occurred_at: {column: at, day_first: false, zone: UTC}\n")
    assert values(rows[0])["occurred_at"] == "2024-03-04T00:00:00Z"


def test_one_value_of_a_column_says_the_order_of_all(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,at\n1,A,03/04/2024\n2,B,13/04/2024\n")
    _, rows = taken(path, LEAST + "occurred_at: at\nzone: UTC\n")
    assert values(rows[0])["occurred_at"] == "2024-04-03T00:00:00Z"


def test_a_zone_that_no_text_names_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,at\n1,A,2024-03-12 09:41\n2,B,2024-03-12T09:41Z\n")
    outcome, _ = taken(path, LEAST + "occurred_at: at\nzone: Europe/Berlin\n")
    assert outcome.assumed == {"occurred_at: times without a zone, read as Europe/Berlin": 1}
    outcome, _ = taken(path, LEAST + "occurred_at: at\n")
    assert outcome.refused == {"occurred_at: a time without a zone": 1}


def test_lines_of_another_encoding_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("id,title\n1,Größe\n".encode() + "2,Café\n".encode("cp1252"))
    outcome, rows = taken(path, LEAST)
    assert [row.ticket["subject"] for row in rows] == ["Größe", "Café"]
    assert outcome.assumed == {"lines that are not UTF-8, read as cp1252": 1}
    outcome, _ = taken(path, LEAST + "encoding: utf-8\n")
    assert outcome.refused == {"not utf-8": 1}


def test_a_file_without_ids_knows_its_tickets_by_their_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "title\nPrinter\nPrinter\n")
    outcome, rows = taken(path, "source: s\nsubject: title\n")
    assert outcome.without_ids
    known = [str(row.ticket["external_id"]) for row in rows]
    assert (len(set(known)), known[0].startswith("row-2-"), known[1].startswith("row-3-")) == (2, True, True)
    assert known == [str(row.ticket["external_id"]) for row in taken(path, "source: s\nsubject: title\n")[1]]
    path.write_text("title\nPrinter\nPrinter\nPhone\n")
    assert [str(row.ticket["external_id"]) for row in taken(path, "source: s\nsubject: title\n")[1]][:2] == known
    path.write_text("title\nAnother file\n")
    assert str(taken(path, "source: s\nsubject: title\n")[1][0].ticket["external_id"]) not in known


@pytest.mark.parametrize(
    ("rule", "text", "tags"),
    [
        ("tags", "billing, vip", ["billing", "vip"]),
        ("tags", " billing;vip ; ;", ["billing", "vip"]),
        ("{column: tags, split: ' '}", "billing  vip", ["billing", "vip"]),
        ("{column: tags, split: ['|', ';']}", "a|b;c,d", ["a", "b", "c,d"]),
        ("{column: tags, split: false}", "billing, vip", ["billing, vip"]),
        ("tags", "", None),
    ],
)
def test_tags_are_told_apart(tmp_path: Path, rule: str, text: str, tags: list[str] | None) -> None:
    path = written(tmp_path, f'id,title,tags\n1,A,"{text}"\n')
    assert taken(path, LEAST + f"tags: {rule}\n")[1][0].ticket["tags"] == tags


@pytest.mark.parametrize("text", ["1,200", "1.200", "1 200", "1'200", "1200", "1\u00a0200"])
def test_thousands_may_be_apart(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, f'id,title,users\n1,A,"{text}"\n')
    assert taken(path, LEAST + "users_affected: users\n")[1][0].ticket["users_affected"] == 1200


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (["1.250", "3,5"], [1250.0, 3.5]),
        (["1,250", "3.5"], [1250.0, 3.5]),
        (["1,250", "3,5"], [1.25, 3.5]),
        (["1.250", "1.900.000"], [1250.0, 1_900_000.0]),
        (["0.125", "7"], [0.125, 7.0]),
        (["1,250", "900"], [1250.0, 900.0]),
    ],
)
def test_one_number_of_a_column_says_how_all_are_written(
    tmp_path: Path, amounts: list[str], expected: list[float]
) -> None:
    path = written(tmp_path, "id,title,arr\n" + "".join(f'{n},A,"{text}"\n' for n, text in enumerate(amounts)))
    _, rows = taken(path, LEAST + "account: {arr: arr}\n")
    assert [row.ticket["account"]["arr"] for row in rows] == expected


def test_a_number_that_could_be_two_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,arr\n1,A,1.250\n2,B,900\n")
    outcome, rows = taken(path, LEAST + "account: {arr: arr}\n")
    assert [row.ticket["account"]["arr"] for row in rows] == [900.0]
    assert (outcome.first_refused[0].line, outcome.first_refused[0].value) == (2, "1.250")
    assert "`decimal:" in outcome.first_refused[0].detail
    _, rows = taken(path, LEAST + "account: {arr: arr}\ndecimal: '.'\n")
    assert rows[0].ticket["account"]["arr"] == 1.25


def test_rows_that_the_mapping_ignores_are_counted_by_reason(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,kind\n1,A,Test\n2,B,\n3,C,Task\n")
    mapping = (
        LEAST + "ignore:\n  - {when: 'row.kind == \"Test\"', reason: a test}\n"
        "  - {when: 'row.kind in [\"Task\"]', reason: a task}\n"
    )
    outcome, rows = taken(path, mapping)
    assert [row.ticket["external_id"] for row in rows] == ["2"]
    assert (outcome.ignored, outcome.refused.total(), outcome.passed_over) == ({"a test": 1, "a task": 1}, 0, 0)


@pytest.mark.parametrize(
    ("state", "resolved", "closed", "stood"),
    [
        ("Closed", "2024-03-12T09:00Z", "", "closed"),
        ("", "2024-03-12T09:00Z", "", "resolved"),
        ("", "", "2024-03-12T09:00Z", "closed"),
        ("Reopened", "2024-03-12T09:00Z", "", "open"),
        ("Closed - Won't Fix", "", "", "closed"),
        ("pending auto close+", "", "", "open"),
        ("", "", "", "open"),
    ],
)
def test_how_a_ticket_stood(tmp_path: Path, state: str, resolved: str, closed: str, stood: str) -> None:
    path = written(tmp_path, f"id,title,state,resolved,closed\n1,A,{state},{resolved},{closed}\n")
    mapping = LEAST + "state: state\nresolved_at: resolved\nclosed_at: closed\n"
    assert taken(path, mapping)[1][0].state == stood


def test_a_state_that_is_not_known_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,state\n1,A,Parked\n")
    outcome, _ = taken(path, LEAST + "state: state\n")
    assert outcome.refused == {"state: no state that is known here": 1}
    assert "`map:` from each to open, resolved or closed" in outcome.first_refused[0].detail


def test_a_ragged_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title,more\n1,A\n2,B,b,\n3,C,c,d\n")
    outcome, rows = taken(path, LEAST)
    assert [(row.line, row.reason) for row in outcome.first_refused] == [
        (2, "wrong number of columns"),
        (4, "wrong number of columns"),
    ]
    assert [row.line for row in rows] == [3]
