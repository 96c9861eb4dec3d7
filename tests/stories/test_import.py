"""A file becomes cases, on both databases: history stays quiet, the same file again changes nothing, nothing is half
written."""

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.testing import PEOPLE, World, world
from tocsin.cases import acting, queries, store, verbs
from tocsin.cases import arrivals as hours
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.core.clock import HOUR
from tocsin.core.errors import InvalidDocument, InvalidInput, Unavailable
from tocsin.intake import arrivals, importing, signals
from tocsin.intake.arrivals import Arrival, Taken
from tocsin.intake.csv_import import ImportOutcome, Send, import_csv
from tocsin.intake.csv_rows import Refused
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.ledger.journal import EMPTY
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import Decision, from_bytes
from tocsin.storage.transaction import Tx

POLICY = (Path(__file__).parents[2] / "examples" / "uci" / "policy.yaml").read_text()
MAPPING = """\
source: desk
external_id: id
row: each
subject: title
users_affected: users
attributes: {impact: impact, urgency: urgency, place: place}
account_id: account
"""
HEADER = "id,title,users,impact,urgency,place,account"
LOW, MEDIUM, HIGH = "3 - Low", "2 - Medium", "1 - High"


@pytest.fixture
def here(database_url: str) -> World:
    return world(database_url, POLICY, people={**PEOPLE, "director": "lead"})


@pytest.fixture
def take(here: World, tmp_path: Path) -> Callable[..., ImportOutcome]:
    """Import these rows under the header."""

    def take(
        *rows: str, mapping: str = MAPPING, live: bool = False, refused: list[Refused] | None = None
    ) -> ImportOutcome:
        file = tmp_path / "tickets.csv"
        file.write_text("\n".join([HEADER, *rows]) + "\n")
        heard: list[Refused] = [] if refused is None else refused
        return import_csv(file, parse_mapping(mapping), through(here, live=live), refuse=heard.append)

    return take


def through(here: World, *, live: bool = False) -> Send:
    writer, handler = here.installation.writer, here.installation.take
    return lambda rows: importing.take(rows, SYSTEM, writer, handler, live=live)


def row(number: int, impact: str = MEDIUM, urgency: str = MEDIUM, **more: str) -> str:
    columns = {"users": "", "place": "", "account": ""} | more
    return f"T-{number},Ticket {number},{columns['users']},{impact},{urgency},{columns['place']},{columns['account']}"


def counts(outcome: ImportOutcome) -> dict[str, int]:
    names = ("opened", "changed", "unchanged", "passed_over", "live")
    return {name: count for name in names if (count := getattr(outcome, name))}


def case(here: World, number: int) -> tuple[Aggregate, Decision]:
    """The case of a ticket and its last decision."""
    with here.installation.database.reading() as tx:
        found = tx.row("SELECT case_id FROM case_keys WHERE source = 'desk' AND external_id = ?", (f"T-{number}",))
        assert found is not None
        stored = queries.decision_bytes(tx, SYSTEM, found[0])
        assert stored is not None
        return store.load(tx, found[0]), from_bytes(stored)


def everything(here: World) -> list[Any]:
    """All that an import could change."""
    with here.installation.database.reading() as tx:
        chains = tx.rows("SELECT chain, count, seal FROM chains WHERE chain > 0 ORDER BY chain")
        tables = ("cases", "clocks", "escalations", "case_keys", "receipts", "loads", "accounts")
        timers = tx.rows("SELECT kind, subject FROM work WHERE kind = 'case'")
        return [chains, timers, *(tx.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables)]


def test_history_is_decided_and_stays_quiet(here: World, take: Callable[..., ImportOutcome]) -> None:
    outcome = take(row(1, HIGH, HIGH), row(2), row(3, LOW, LOW))
    assert counts(outcome) == {"opened": 3}
    assert sorted(outcome.standing.values()) == [("critical", "senior"), ("low", "standard"), ("medium", "standard")]
    before = everything(here)
    here.forward(48 * HOUR)
    assert here.outbox.sent == []
    assert everything(here) == before
    state, decision = case(here, 1)
    assert state.case.imported
    assert decision.level == "senior"
    assert state.clocks == []


def test_live_cases_have_owners_and_page(here: World, take: Callable[..., ImportOutcome]) -> None:
    take(row(1, HIGH, HIGH), live=True)
    here.forward(HOUR)
    assert here.outbox.sent
    assert case(here, 1)[0].case.owner is not None


def test_changed_facts_are_decided_again(here: World, take: Callable[..., ImportOutcome]) -> None:
    rows = (row(1, LOW, LOW, users="3"), row(1, MEDIUM, LOW, users="3"), row(1, HIGH, HIGH), row(1, HIGH, HIGH))
    outcome = take(*rows)
    assert counts(outcome) == {"opened": 1, "changed": 2, "passed_over": 1}
    state, decision = case(here, 1)
    assert (state.case.severity, decision.severity, state.case.level) == ("critical", "critical", "senior")
    assert "users_affected" not in decision.facts["case"], "an emptied column takes the fact away"
    assert list(outcome.standing.values()) == [("critical", "senior")]
    here.forward(48 * HOUR)
    assert here.outbox.sent == []


def test_an_attribute_that_is_emptied_is_taken_away(here: World, take: Callable[..., ImportOutcome]) -> None:
    take(row(1, place="Leeds"), row(1))
    assert case(here, 1)[1].facts["case"]["attributes"] == {"impact": MEDIUM, "urgency": MEDIUM}


def test_the_same_file_again_changes_nothing(here: World, take: Callable[..., ImportOutcome]) -> None:
    rows = (row(1, LOW, LOW), row(2), row(1, HIGH, HIGH), row(1, LOW, LOW), row(1, HIGH, HIGH))
    assert counts(take(*rows)) == {"opened": 2, "changed": 3}
    before = everything(here)
    assert counts(take(*rows)) == {"unchanged": 5}
    assert everything(here) == before


def test_a_file_that_has_grown_brings_what_is_new(here: World, take: Callable[..., ImportOutcome]) -> None:
    rows = (row(1, LOW, LOW), row(1, HIGH, HIGH))
    take(*rows)
    assert counts(take(*rows, row(1, MEDIUM, MEDIUM), row(2))) == {"unchanged": 2, "changed": 1, "opened": 1}
    assert case(here, 1)[0].case.severity == "medium"


@pytest.mark.parametrize(("mode", "severity"), [("first", "low"), ("last", "critical")])
def test_one_row_of_each_ticket(here: World, take: Callable[..., ImportOutcome], mode: str, severity: str) -> None:
    mapping = MAPPING.replace("row: each", f"row: {mode}")
    rows = (row(1, LOW, LOW), row(2), row(1, MEDIUM, LOW), row(1, HIGH, HIGH))
    assert counts(take(*rows, mapping=mapping)) == {"opened": 2, "passed_over": 2}
    assert case(here, 1)[0].case.severity == severity
    before = everything(here)
    assert counts(take(*rows, mapping=mapping)) == {"unchanged": 2, "passed_over": 2}
    assert everything(here) == before


def test_history_leaves_alone_what_people_work_on(here: World, take: Callable[..., ImportOutcome]) -> None:
    here.open(subject="Live", source="desk", external_id="T-1", attributes={"impact": LOW, "urgency": LOW})
    take(row(2, LOW, LOW))
    resolved = case(here, 2)[0].case.id
    desk = here.installation.desk
    here.installation.writer.write(
        lambda tx: acting.act(tx, desk, resolved, verbs.resolve(SYSTEM, None)), cases=[resolved]
    )
    outcome = take(row(1, HIGH, HIGH), row(2, LOW, LOW), row(2, HIGH, HIGH))
    assert counts(outcome) == {"live": 2, "unchanged": 1}
    assert case(here, 1)[0].case.severity == "low"
    assert case(here, 2)[0].case.state == "resolved"
    here.forward(HOUR)
    assert not [page for page in here.outbox.sent if page["case"]["severity"] == "critical"]


def test_refused_rows_are_named_and_the_others_taken(here: World, take: Callable[..., ImportOutcome]) -> None:
    refused: list[Refused] = []
    outcome = take(
        row(1),
        row(2, users="many"),
        f"T-3,{'x' * 501},,,,,",
        "T-4,too,few",
        row(5, account="0000000000000"),
        row(6, account="nonsense"),
        ",no id,,,,,",
        "T-8,,,,,,",
        row(9, users="few"),
        row(10),
        refused=refused,
    )
    assert counts(outcome) == {"opened": 5}  # the two whose account does not exist among them
    assert outcome.unread == {"subject: not as a case holds it": 1}
    assert (outcome.first_unread[0].line, outcome.first_unread[0].external_id) == (4, "T-3")
    assert "longer than 500 characters" in outcome.first_unread[0].detail
    assert sorted((each.line, each.external_id, each.reason) for each in refused) == [
        (3, "T-2", "users_affected: not a whole number"),
        (5, "", "wrong number of columns"),
        (8, "", "external_id: the ticket's id is missing"),
        (9, "T-8", "subject: the text is missing"),
        (10, "T-9", "users_affected: not a whole number"),
    ]
    assert outcome.refused["users_affected: not a whole number"] == 2
    assert outcome.rows == 10


def test_a_file_that_breaks_off_is_taken_in_up_to_there_and_again(here: World, tmp_path: Path) -> None:
    rows = [row(number, users=str(number * 7919)) for number in range(2000)]
    whole = gzip.compress("\n".join([HEADER, *rows, ""]).encode())
    file = tmp_path / "tickets.csv.gz"
    file.write_bytes(whole[: len(whole) // 2])
    seen: list[ImportOutcome] = []

    def again() -> ImportOutcome:
        return import_csv(
            file,
            parse_mapping(MAPPING),
            through(here),
            progress=lambda outcome, position: seen.append(outcome),
        )

    with pytest.raises(InvalidInput, match="the file breaks off"):
        again()
    taken = seen[-1].opened
    assert 100 < taken < 1900
    with here.installation.database.reading() as tx:
        assert tx.row("SELECT count(*) FROM cases") == (taken,)
    file.write_bytes(whole)
    assert counts(again()) == {"unchanged": taken, "opened": 2000 - taken}


def test_a_database_that_gives_up_leaves_whole_groups_and_names_the_line(
    here: World, take: Callable[..., ImportOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    plain = here.installation.desk.journal.extend

    def extend(self: object, tx: Tx, batch: Any) -> Any:
        nonlocal calls
        calls += any(head == EMPTY for _, head, _ in batch)
        if calls > 1:
            raise RuntimeError("the disk is full")
        return plain(tx, batch)

    monkeypatch.setattr(type(here.installation.desk.journal), "extend", extend)
    rows = [row(number) for number in range(300)]
    with pytest.raises(Unavailable, match=r"line 130: .*the disk is full.*the same import again"):
        take(*rows)
    monkeypatch.undo()
    with here.installation.database.reading() as tx:
        for table in ("cases", "chains", "receipts"):
            assert tx.row(f"SELECT count(*) FROM {table} WHERE {'chain > 0' if table == 'chains' else '1 = 1'}") == (
                128,
            )
    assert counts(take(*rows)) == {"unchanged": 128, "opened": 172}


def test_one_bulk_for_the_whole_group(
    here: World, take: Callable[..., ImportOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    plain = arrivals.take_many

    def take_many(tx: Tx, desk: Desk, bulk: Sequence[Arrival]) -> list[Taken | Exception]:
        sizes.append(len(bulk))
        return plain(tx, desk, bulk)

    monkeypatch.setattr("tocsin.installation.take_many", take_many)
    take(*[row(number) for number in range(200)])
    assert sizes == [128, 72]


def test_a_rehearsal_writes_nothing(here: World, tmp_path: Path) -> None:
    before = everything(here)
    file = tmp_path / "tickets.csv"
    file.write_text("\n".join([HEADER, row(1), row(2, users="x")]))
    outcome = import_csv(file, parse_mapping(MAPPING), None)
    assert (counts(outcome), outcome.refused.total()) == ({"unchanged": 1}, 1)
    assert everything(here) == before


def test_a_mapping_that_does_not_suit_the_file(take: Callable[..., ImportOutcome]) -> None:
    with pytest.raises(InvalidDocument, match=r"line 4: subject: the file has no column 'titel'.*title"):
        take(row(1), mapping=MAPPING.replace("subject: title", "subject: titel"))


def test_null_in_a_signal_takes_one_fact_away(here: World) -> None:
    """`POST /signals` as the import uses it, over the very same code."""
    here.open(subject="A", source="desk", external_id="T-1", account={"plan": "premium", "region": "EU"})
    raw = b'{"source": "desk", "external_id": "T-1", "account": {"plan": null, "segment": "store"}, "tags": ["vip"]}'
    signal = signals.read_signal(raw, SYSTEM)
    opened = here.installation.writer.write(lambda tx: signals.receive(tx, here.installation.desk, signal))
    assert isinstance(opened, Opened)
    assert opened.changed
    facts = case(here, 1)[1].facts
    assert facts["account"] == {"region": "EU", "segment": "store"}
    assert facts["case"]["tags"] == ["vip"]


PARTS: list[tuple[str, dict[str, Any], str | None]] = [
    ("an empty subject", {"subject": "", "body": "The API is down"}, "subject"),
    ("a body alone", {"body": "The API is down"}, "subject"),
    ("a long subject", {"subject": "x" * 700}, "subject"),
    ("a grouped number", {"subject": "x", "users_affected": "1,200"}, "users_affected"),
    ("tags as text", {"subject": "x", "tags": "billing, vip"}, None),
    ("tags as an object", {"subject": "x", "tags": {"a": 1}}, "tags"),
    ("a long body", {"subject": "x", "body": "B" * 300_000}, "body"),
    ("a long sentiment", {"subject": "x", "sentiment": "angry " * 30}, "sentiment"),
    ("no date", {"subject": "x", "occurred_at": "yesterday"}, "occurred_at"),
    ("no such field", {"subject": "x", "colour": "red"}, "colour"),
]


def test_a_part_that_cannot_be_read_costs_no_row(here: World) -> None:
    rows = [
        importing.Row(line, {"source": "desk", "external_id": f"T-{line}", **given})
        for line, (_, given, _) in enumerate(PARTS, 1)
    ]
    rows.append(importing.Row(90, {"external_id": "T-90", "subject": "x"}, state="resolved", resolved_at="soon"))
    rows.append(importing.Row(91, {"external_id": "T-91", "subject": "", "body": " "}))
    installation = here.installation
    answers = importing.take(rows, SYSTEM, installation.writer, installation.take)
    shown = [importing.shown(row, answer) for row, answer in zip(rows, answers, strict=True)]
    for found, (name, _, place) in zip(shown, PARTS, strict=False):
        assert found["effect"] == "opened", name
        assert list(found.get("remarks", {})) == ([place] if place else []), name
    assert (shown[-2]["effect"], list(shown[-2]["remarks"])) == ("opened", ["resolved_at"])
    assert (shown[-1]["effect"], shown[-1]["place"]) == ("refused", "subject")
    assert importing.read(shown[0]) == answers[0]
    assert case(here, 4)[1].facts["case"]["users_affected"] == 1200


def test_imported_cases_are_not_what_usually_comes_in(here: World, take: Callable[..., ImportOutcome]) -> None:
    take(*(row(number, place="shop") for number in range(5)))
    with_area = "UPDATE cases SET product_area = 'shop'"
    here.installation.writer.write(lambda tx: tx.run(with_area, ()))
    here.forward(2 * HOUR)
    assert here.installation.writer.write(hours.tell) == 0
    take(row(9, place="shop"), live=True)
    here.installation.writer.write(lambda tx: tx.run(with_area, ()))
    here.forward(2 * HOUR)
    assert here.installation.writer.write(hours.tell) == 1
