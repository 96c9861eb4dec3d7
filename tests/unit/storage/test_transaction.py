"""Raw statements mean the same on both databases."""

from collections.abc import Iterator

import pytest

from tocsin.core.clock import VirtualClock
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx, marks
from tocsin.storage.writer import GroupWriter


@pytest.fixture
def writer(database_url: str) -> Iterator[GroupWriter]:
    database = Database(database_url)
    writer = GroupWriter(database, VirtualClock(0))
    yield writer
    writer.close()
    database.close()


def test_placeholders_and_percent_signs(writer: GroupWriter) -> None:
    def ask(tx: Tx) -> list[tuple[object, ...]]:
        return tx.rows("SELECT name FROM counters WHERE name LIKE 'a%' AND value % 2 = ? AND name <> ?", (1, "ab"))

    def fill(tx: Tx) -> int:
        return tx.run_many("INSERT INTO counters (name, value) VALUES (?, ?)", [("aa", 3), ("ab", 5), ("ac", 4)])

    assert writer.write(fill) == 3
    assert writer.write(ask) == [("aa",)]


def test_many_parameters(writer: GroupWriter) -> None:
    names = [f"n{number}" for number in range(500)]
    writer.write(lambda tx: tx.run_many("INSERT INTO counters VALUES (?, ?)", [(name, 1) for name in names]))
    statement = f"SELECT count(*) FROM counters WHERE name IN ({marks(names)})"
    assert writer.write(lambda tx: tx.row(statement, names)) == (500,)


def test_how_many_rows_many_changes_touched(writer: GroupWriter) -> None:
    writer.write(lambda tx: tx.run_many("INSERT INTO counters VALUES (?, ?)", [("a", 1), ("b", 1)]))
    change = "UPDATE counters SET value = 2 WHERE name = ?"
    assert writer.write(lambda tx: tx.run_many(change, [("a",), ("none",), ("b",)])) == 2
    assert writer.write(lambda tx: tx.run_many(change, [])) == 0


class Bulk:
    """A handler that is a method, as those of the installation are."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def take(self, tx: Tx, items: list[int]) -> list[int | Exception]:
        self.sizes.append(len(items))
        return [item * 2 for item in items]


def test_items_of_one_handler_are_one_bulk(writer: GroupWriter) -> None:
    bulk = Bulk()
    answers = [writer.submit_item(bulk.take, item) for item in range(10)]
    writer.step()
    assert [answer.result() for answer in answers] == [item * 2 for item in range(10)]
    assert bulk.sizes == [10]
