"""The mapping: what a row becomes, and what is said where the mapping, or a row, does not fit."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.clocks import moments
from tocsin.core.errors import InvalidDocument, InvalidInput
from tocsin.core.wording import worded
from tocsin.intake.csv_rows import Record
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.intake.mapping.rows import BoundMapping
from tocsin.languages import tongue
from tocsin.policy.body import to_body

LEAST = "source: desk\nexternal_id: id\nsubject: title\n"


def body(mapping: str, **columns: str) -> dict[str, Any]:
    """What a row with these columns becomes under the least mapping and this."""
    columns = {"id": "T-1", "title": "Printer", "other": ""} | columns
    bound = BoundMapping(parse_mapping(LEAST + mapping), list(columns))
    fields = list(columns.values())
    found = bound.body(bound.external_id(Record(2, fields)), fields)
    to_body(found)
    return found


def test_a_bare_word_is_a_column_but_for_the_source() -> None:
    assert body("body: words\n", words=" It smokes ") == {
        "external_id": "T-1",
        "source": "desk",
        "subject": "Printer",
        "body": "It smokes",
    }


def test_the_source_may_come_from_a_column() -> None:
    mapping = LEAST.replace("desk", "{column: tool}")
    bound = BoundMapping(parse_mapping(mapping), ["id", "title", "tool"])
    assert bound.source(["1", "2", "jira"]) == "jira"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"a": "x", "b": "y"}, "x: y {}"),
        ({"a": "x", "b": ""}, "x:  {}"),
        ({"a": "?", "b": " "}, None),
    ],
)
def test_a_template_is_missing_where_all_its_columns_are(columns: dict[str, str], expected: str | None) -> None:
    assert body('missing: ["?"]\nbody: "{a}: {b} {{}}"\n', **columns)["body"] == expected


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("users_affected: n", "1200", 1200),
        ("users_affected: {column: n, map: {many: 500}, otherwise: keep}", "many", 500),
        ("users_affected: {column: n, map: {many: 500}, otherwise: keep}", "3", 3),
        ("users_affected: {column: n, map: {many: 500}, otherwise: missing}", "3", None),
        ("users_affected: {column: n, default: 1}", "", 1),
        ("users_affected: {column: n, map: {none: null}, default: 1}", "none", 1),
        ("priority: {column: n, map: {1 - Critical: p1}}", "1 - Critical", "p1"),
        ("priority: {column: n, cut: 3}", "urgent", "urg"),
        ("priority: {value: p4}", "", "p4"),
        ("attributes: {n: {column: n, as: boolean}}", "Yes", True),
        ("attributes: {n: {column: n, as: number}}", "-1.5e3", -1500.0),
        ("attributes: {n: {column: n, as: integer}}", "-7", -7),
        ("attributes: {n: {column: n, split: ';', as: integer}}", "1; 2;;3", [1, 2, 3]),
        ("attributes: {n: {column: n, format: '%d.%m.%Y', zone: Europe/Berlin}}", "01.07.2026", "2026-06-30T22:00:00Z"),
        ("attributes: {n: n}", "", None),
        ("account: {arr: n}", "12.50", 12.5),
        ("account: {external_id: n}", "acme", "acme"),
        ("tags: n", "vip", ["vip"]),
        ("tags: {column: n, split: ','}", "vip, press,vip", ["vip", "press"]),
        ("tags: [n, {value: backlog}]", "", ["backlog"]),
        ("tags: [n, {value: backlog}]", "vip", ["vip", "backlog"]),
        ("tags: n", "", None),
        ("priority: {first: [other, n]}", "p1", "p1"),
        ("priority: {first: [other, {value: p9}]}", "p1", "p9"),
        ("priority: {first: [other, n], map: {p1: high}}", "p1", "high"),
        ('priority: {cel: \'row.n.startsWith("P1") ? "high" : "low"\'}', "P1 - now", "high"),
        ("priority: {cel: 'row[\"n\"]', cut: 2}", "P1 - now", "P1"),
        ("priority: {cel: 'row.n', default: low}", "", "low"),
        ("attributes: {n: {cel: 'size(row.n) > 3'}}", "many", True),
        ("attributes: {n: {column: n, extract: '([0-9]+) h'}}", "about 12 h", "12"),
        ("attributes: {n: {column: n, as: list}}", "a; b", ["a", "b"]),
        ("account: {arr: {column: n, decimal: ','}}", "1.200,50", 1200.5),
        ("occurred_at: {column: n, format: seconds}", "1710236460", datetime(2024, 3, 12, 9, 41, tzinfo=UTC)),
        (
            "occurred_at: {column: n, format: excel, zone: UTC}",
            "45363,4034722",
            datetime(2024, 3, 12, 9, 41, tzinfo=UTC),
        ),
    ],
)
def test_values(rule: str, text: str, expected: object) -> None:
    found = body(rule + "\n", n=text)
    name = rule.split(":")[0]
    value = found[name]
    if name in ("attributes", "account"):
        [value] = value.values()
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("at", "2026-07-01T10:00:00+02:00", "2026-07-01T08:00:00+00:00"),
        ("{column: at, zone: UTC}", "2026-07-01 10:00", "2026-07-01T10:00:00+00:00"),
        ("{column: at, format: '%d/%m/%Y %H:%M', zone: UTC}", "29/2/2016 01:16", "2016-02-29T01:16:00+00:00"),
        # An hour that does not exist moves by the gap, one that stands twice is the first.
        ("{column: at, zone: Europe/Berlin}", "2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),
        ("{column: at, zone: Europe/Berlin}", "2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_times(rule: str, text: str, expected: str) -> None:
    assert body(f"occurred_at: {rule}\n", at=text)["occurred_at"].isoformat() == expected


@pytest.mark.parametrize(
    ("rule", "text", "place", "said"),
    [
        ("users_affected: n", "some", "users_affected", "'some' is not a whole number"),
        ("users_affected: n", "1.5", "users_affected", "not a whole number"),
        ("users_affected: n", "٣", "users_affected", "not a whole number"),
        ("account: {arr: n}", "1,5", "account.arr", "not a number"),
        ("account: {arr: n}", "nan", "account.arr", "not a number"),
        ("attributes: {n: {column: n, as: boolean}}", "perhaps", "attributes.n", "neither true nor false"),
        ("priority: {column: n, map: {a: p1}}", "b", "priority", "'b' is not in the map"),
        ("occurred_at: n", "2026-07-01 10:00", "occurred_at", "a time without a zone"),
        ("occurred_at: n", "yesterday", "occurred_at", "not a time"),
        ("occurred_at: {column: n, format: '%d/%m/%Y', zone: UTC}", "31/02/2026", "occurred_at", "not a time"),
        ("occurred_at: {column: n, zone: UTC}", "1066-10-14", "occurred_at", "out of range"),
        ("occurred_at: {column: n, zone: Asia/Tokyo}", "0001-01-01", "occurred_at", "out of range"),
        ("priority: n", "x" * 51, "priority", "the value is not valid"),
    ],
)
def test_a_row_that_does_not_fit_names_the_field(rule: str, text: str, place: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as error:
        body(rule + "\n", n=text)
    assert error.value.place == place


def test_a_row_needs_an_id_and_a_subject() -> None:
    with pytest.raises(InvalidInput, match="external_id"):
        body("", id=" ")
    with pytest.raises(InvalidInput, match="subject: the text is missing"):
        body("", title="")


PROBLEMS = {
    "nothing": ("", 1, "", "empty"),
    "no mapping": ("[a]", 1, "", "found a list"),
    "no id": (
        "source: a\nsubject: b\nrow: each\n",
        3,
        "row",
        "without an external_id, the rows of a ticket cannot be told",
    ),
    "no source": ("external_id: a\nsubject: b\n", 1, "source", "this key is missing"),
    "unknown key": (LEAST + "prioritty: a\n", 4, "prioritty", "did you mean that"),
    "unknown key below": (LEAST + "account:\n  sector: a\n", 5, "account.sector", "not known here"),
    "unknown key of a rule": (LEAST + "body: {colum: a, value: b}\n", 4, "body.colum", "did you mean that"),
    "two sources": (LEAST + "body: {column: a, value: b}\n", 4, "body", "column and value"),
    "none": (LEAST + "body: {as: text}\n", 4, "body", "none of them"),
    "a number": (LEAST + "body: 7\n", 4, "body", "found 7"),
    "an empty name": (LEAST + "body: ''\n", 4, "body", "the name is empty"),
    "a lone brace": (LEAST + "body: '{a} }'\n", 4, "body", "stands alone"),
    "no column in a template": (LEAST + "body: {text: hello}\n", 4, "body.text", "names no column"),
    "a kind that does not fit": (LEAST + "body: {column: a, as: integer}\n", 4, "body.as", "body holds no integer"),
    "a kind that is none": (LEAST + "body: {column: a, as: money}\n", 4, "body.as", "not one of the choices"),
    "a form for a text": (
        LEAST + "users_affected: {column: a, as: integer, zone: UTC}\n",
        4,
        "users_affected.zone",
        "times",
    ),
    "a form that is none": (
        LEAST + "occurred_at: {column: a, format: dd/mm}\n",
        4,
        "occurred_at.format",
        "not a form of a time",
    ),
    "a zone": (LEAST + "occurred_at: {column: a, zone: Europe/Belin}\n", 4, "occurred_at.zone", "Europe/Berlin"),
    "a constant": (LEAST + "users_affected: {value: many}\n", 4, "users_affected.value", "cannot be 'many'"),
    "a constant with more": (LEAST + "body: {value: a, cut: 3}\n", 4, "body.cut", "no further keys"),
    "a default": (LEAST + "users_affected: {column: a, default: -1}\n", 4, "users_affected.default", "cannot be -1"),
    "a value of a map": (
        LEAST + "users_affected:\n  column: a\n  map: {few: 1, many: x}\n",
        6,
        "users_affected.map.many",
        "'x'",
    ),
    "an empty map": (LEAST + "body: {column: a, map: {}}\n", 4, "body.map", "found a mapping"),
    "otherwise what": (LEAST + "body: {column: a, map: {b: c}, otherwise: no}\n", 4, "body.otherwise", "choices"),
    "otherwise without a map": (LEAST + "body: {column: a, otherwise: keep}\n", 4, "body.otherwise", "no map"),
    "a list in a text": (LEAST + "body: {column: a, split: ','}\n", 4, "body.split", "holds no list"),
    "no number": (LEAST + "body: {column: a, cut: 0}\n", 4, "body.cut", "found 0"),
    "row": (LEAST + "row: all\n", 4, "row", "first, last, each"),
    "delimiter": (LEAST + "delimiter: ', '\n", 4, "delimiter", "one ASCII character"),
    "encoding": (LEAST + "encoding: utf-16\n", 4, "encoding", "ASCII stands for itself"),
    "no encoding": (LEAST + "encoding: klingon\n", 4, "encoding", "cannot be read line by line"),
    "missing": (LEAST + "missing: '?'\n", 4, "missing", "a list of texts"),
    "twice": (LEAST + "source: b\n", 4, "source", "is given twice"),
    "an expression": (LEAST + "body: {cel: 'row.a +'}\n", 4, "body.cel", "column"),
    "a name of JSON": (LEAST + "body: {cel: 'delivery.a'}\n", 4, "body.cel", "there is no delivery"),
    "no condition": (LEAST + "ignore:\n  - {when: 'row.a', reason: x}\n", 5, "ignore[0].when", "of the type string"),
    "no reason": (LEAST + "ignore:\n  - {when: 'true'}\n", 5, "ignore[0]", "when and reason"),
    "one of several with more": (
        LEAST + "body: {first: [{column: a, as: text}]}\n",
        4,
        "body.first[0].as",
        "not known",
    ),
    "no pattern": (LEAST + "body: {column: a, extract: '('}\n", 4, "body.extract", "RE2"),
    "a list for JSON": (LEAST + "each: alerts\n", 4, "each", "not known here"),
    "a tag": (LEAST + "body: !!python/name:os.system a\n", 4, "body", "tag"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_names_line_and_key(name: str) -> None:
    text, line, key, said = PROBLEMS[name]
    with pytest.raises(InvalidDocument) as error:
        parse_mapping(text)
    found = [(problem.line, problem.key, str(problem)) for problem in error.value.problems]
    assert any(each[0] == line and each[1] == key and said in each[2] for each in found), found


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_is_worded_for_whoever_reads_it(name: str) -> None:
    """In what is ours no English is left; what is quoted stays as it is."""
    with pytest.raises(InvalidDocument) as error:
        parse_mapping(PROBLEMS[name][0])
    english, german = (moments.reader(moments.utc, {}, tongue(language)) for language in ("en", "de"))
    for problem in error.value.problems:
        assert worded(problem.says, german) != worded(problem.says, english), problem.message
        wanted = problem.wanted
        if wanted is not None and wanted.text not in NAMES:
            assert worded(wanted, german) != worded(wanted, english), problem.expected


NAMES = {"{given}", "when and reason"}  # pieces of a mapping, the same in every language


def test_all_problems_come_at_once_in_order() -> None:
    with pytest.raises(InvalidDocument) as error:
        parse_mapping("source: a\nrow: all\nbody: 7\ndelimiter: long\n")
    assert [problem.line for problem in error.value.problems] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["id", "titel"], "line 3: subject: the file has no column 'title'; expected titel (did you mean that?)"),
        (["id;title"], "another `delimiter:`?"),
    ],
)
def test_a_column_that_the_file_does_not_have(header: list[str], said: str) -> None:
    with pytest.raises(InvalidDocument) as error:
        BoundMapping(parse_mapping(LEAST), header)
    assert said in str(error.value)


def test_a_column_of_an_expression_that_the_file_does_not_have() -> None:
    with pytest.raises(InvalidDocument, match=r"line 4: ignore\[0\]\.when: the file has no column 'titel'"):
        BoundMapping(parse_mapping(LEAST + "ignore: [{when: 'row.titel == \"x\"', reason: x}]\n"), ["id", "title"])


def test_words_and_conditions_say_how_a_ticket_stood() -> None:
    mapping = LEAST + "state: status\nends: [Abgelegt, {when: 'has(row.gone)'}]\nwaits: geparkt\n"
    bound = BoundMapping(parse_mapping(mapping), ["id", "title", "status", "gone"])
    stood = [bound.past(["1", "x", *said]) for said in (("ABGELEGT", ""), ("Geparkt", ""), ("New", ""), ("New", "yes"))]
    assert [past.state if past else None for past in stood] == ["resolved", "open", "open", "resolved"]


def test_the_columns_that_a_mapping_reads() -> None:
    mapping = parse_mapping(LEAST + "body: '{a} and {b}'\nattributes: {c: d}\ntags: [e]\naccount: {plan: f}\n")
    assert mapping.columns == {"id", "title", "a", "b", "d", "e", "f"}


@pytest.mark.parametrize(
    ("decimal", "text", "expected"),
    [
        (",", "12.000,50 €", 12000.5),
        (",", "1.900.000", 1_900_000),
        (",", "3,5", 3.5),
        (",", "12 000,5", 12000.5),
        (".", "$1,250,000.75", 1_250_000.75),
        (".", "1'200", 1200),
        (".", "USD 1200", 1200),
        (".", "-3.5", None),  # revenue is not negative, but it is a number
    ],
)
def test_numbers_as_people_write_them(decimal: str, text: str, expected: float | None) -> None:
    mapping = f"decimal: '{decimal}'\nunreadable: missing\naccount: {{arr: money}}\n"
    bound = BoundMapping(parse_mapping(LEAST + mapping), ["id", "title", "money"])
    found = bound.body("T-1", ["T-1", "Printer", text])
    assert bound.case(found).account is not None
    assert found["account"]["arr"] == expected


@pytest.mark.parametrize("text", ["1.2.3,4", "12,00,0", "1,2", "..", "€"])
def test_what_is_no_number_with_a_decimal_point_is_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="not a number"):
        body("decimal: '.'\naccount: {arr: money}\n", money=text)


def test_values_that_cannot_be_read_may_count_as_missing_and_are_counted() -> None:
    mapping = (
        "unreadable: missing\nusers_affected: users\noccurred_at: at\nattributes: {vip: {column: vip, as: boolean}}\n"
    )
    bound = BoundMapping(parse_mapping(LEAST + mapping), ["id", "title", "users", "at", "vip"])
    unread: Counter[str] = Counter()
    bound.forgiven = lambda error: unread.update([str(error.place)])
    for users, at, vip in (("many", "soon", "yes"), ("-5", "2026-02-01T09:00:00Z", "perhaps")):
        case = bound.case(bound.body("T-1", ["T-1", "Printer", users, at, vip]))
        assert case.users_affected is None
    assert unread == {"users_affected": 2, "occurred_at": 1, "attributes.vip": 1}


def test_a_subject_that_is_too_long_is_cut_and_without_one_a_row_is_refused() -> None:
    bound = BoundMapping(parse_mapping(LEAST), ["id", "title"])
    unread: Counter[str] = Counter()
    bound.forgiven = lambda error: unread.update([str(error.place)])
    found = bound.body("T-1", ["T-1", "x" * 501])
    assert len(bound.case(found).subject) == len(found["subject"]) == 500
    assert unread == {"subject": 1}
    for text in ("", "  "):
        with pytest.raises(InvalidInput, match="missing"):
            bound.case(bound.body("T-1", ["T-1", text]))


def test_a_body_stands_for_a_subject_that_is_missing() -> None:
    bound = BoundMapping(parse_mapping(LEAST + "body: text\n"), ["id", "title", "text"])
    found = bound.body("T-1", ["T-1", "", "The API is down\nsince nine"])
    assert bound.case(found).subject == found["subject"] == "The API is down"
