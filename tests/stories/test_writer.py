"""The group writer: jobs share a commit, fail alone, and are answered after it."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tocsin.core.clock import VirtualClock
from tocsin.core.errors import InvalidInput, Unavailable
from tocsin.core.wording import verbatim
from tocsin.storage.database import Database
from tocsin.storage.seam import is_driver_error
from tocsin.storage.transaction import Tx, Undone
from tocsin.storage.writer import GROUP, GroupWriter


@pytest.fixture
def writer(database_url: str) -> Iterator[GroupWriter]:
    database = Database(database_url)
    writer = GroupWriter(database, VirtualClock(10**15))
    yield writer
    writer.close()
    database.close()


def put(name: str, value: int) -> Any:
    def run(tx: Tx) -> int:
        tx.run("INSERT INTO revisions (name, value) VALUES (?, ?)", (name, value))
        return value

    return run


def stored(writer: GroupWriter) -> dict[str, int]:
    with writer.database.reading() as tx:
        return dict(tx.rows("SELECT name, value FROM revisions"))


def test_jobs_share_a_transaction_and_are_answered_after_its_commit(writer: GroupWriter) -> None:
    futures = [writer.submit(put(f"n{place}", place)) for place in range(5)]
    assert not any(future.done() for future in futures)
    assert writer.step() == 5
    assert [future.result() for future in futures] == [0, 1, 2, 3, 4]
    assert len(stored(writer)) == 5


def test_what_is_urgent_overtakes_what_waits(writer: GroupWriter) -> None:
    ran: list[str] = []

    def note(name: str) -> Any:
        return lambda tx: ran.append(name)

    for place in range(GROUP + 2):
        writer.submit(note(f"usual {place}"))
    pages = [writer.submit(note(f"page {place}"), urgent=True) for place in range(2)]
    writer.step()
    assert ran[:3] == ["page 0", "page 1", "usual 0"]
    assert all(page.done() for page in pages)
    last = writer.submit(note("page 2"), urgent=True)
    while writer.step():
        pass
    assert last.done()
    assert ran[3:] == [*(f"usual {place}" for place in range(1, GROUP)), "page 2", "usual 128", "usual 129"]


def test_nothing_urgent_is_left_behind(writer: GroupWriter) -> None:
    """However the puts of several threads and the groups of the writer fall together."""
    done: list[int] = []

    def caller(urgent: bool) -> None:
        done.extend(writer.write(lambda tx: 1, urgent=urgent) for _ in range(200))

    writer.threaded = True
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            writer.step(0.05)

    writing = threading.Thread(target=write)
    callers = [threading.Thread(target=caller, args=(place % 2 == 0,)) for place in range(6)]
    for thread in (writing, *callers):
        thread.start()
    for thread in callers:
        thread.join(60)
    ended.set()
    writing.join(60)
    assert len(done) == 6 * 200


def test_a_job_that_raises_is_undone_alone(writer: GroupWriter) -> None:
    def fails(tx: Tx) -> None:
        put("half", 1)(tx)
        raise InvalidInput(verbatim("no"))

    first, bad, last = writer.submit(put("a", 1)), writer.submit(fails), writer.submit(put("b", 2))
    writer.step()
    assert (first.result(), last.result()) == (1, 2)
    with pytest.raises(InvalidInput):
        bad.result()
    assert stored(writer) == {"a": 1, "b": 2}


def test_a_broken_constraint_fails_its_own_job_only(writer: GroupWriter) -> None:
    first, again, last = (writer.submit(put(name, value)) for name, value in (("a", 1), ("a", 2), ("b", 3)))
    writer.step()
    assert first.result() == 1
    assert again.exception() is not None
    assert last.result() == 3
    assert stored(writer) == {"a": 1, "b": 3}


def test_a_bulk_is_taken_together_and_its_guilty_item_is_found(writer: GroupWriter) -> None:
    sizes = []

    def handle(tx: Tx, items: list[int]) -> list[int]:
        sizes.append(len(items))
        for item in items:
            put(f"n{item}", item)(tx)
            if item == 3:
                raise InvalidInput(verbatim("three"))
        return items

    futures: list[Any] = []

    async def submit() -> None:
        futures.extend(writer.write_item_soon(handle, item) for item in range(6))
        await asyncio.to_thread(writer.step)
        for item, future in enumerate(futures):
            if item == 3:
                with pytest.raises(InvalidInput, match="three"):
                    await future
            else:
                assert await future == item

    asyncio.run(submit())
    assert sizes == [6, 1, 1, 1, 1, 1, 1]
    assert set(stored(writer)) == {"n0", "n1", "n2", "n4", "n5"}


def test_an_item_may_be_answered_with_its_error_while_the_others_stand(writer: GroupWriter) -> None:
    def handle(tx: Tx, items: list[int]) -> list[int | Exception]:
        return [InvalidInput(verbatim("odd")) if item % 2 else item for item in items]

    assert writer.write_item(handle, 2) == 2
    with pytest.raises(InvalidInput, match="odd"):
        writer.write_item(handle, 3)


def test_a_commit_that_fails_fails_the_whole_group_and_memory_is_restored(writer: GroupWriter) -> None:
    restored = []
    writer.on_rollback.append(lambda: restored.append(True))

    def breaks_the_connection(tx: Tx) -> None:
        tx.connection.connection.dbapi_connection.close()  # type: ignore[union-attr]

    first, second = writer.submit(put("a", 1)), writer.submit(breaks_the_connection)
    writer.step()
    for future in (first, second):
        error = future.exception()
        assert isinstance(error, Unavailable)
    assert restored
    assert stored(writer) == {}
    assert writer.write(put("later", 1)) == 1, "the writer goes on with a connection of its own"


def test_every_job_sees_one_instant(writer: GroupWriter) -> None:
    seen = [writer.submit(lambda tx: tx.now) for _ in range(3)]
    writer.step()
    assert {future.result() for future in seen} == {10**15}


def test_what_stopped_waiting_does_not_hold_up_the_others(writer: GroupWriter) -> None:
    async def leave() -> None:
        gone = writer.write_soon(put("gone", 1))
        stays = writer.write_soon(put("stays", 2))
        gone.cancel()
        await asyncio.to_thread(writer.step)
        assert await stays == 2

    asyncio.run(leave())
    assert stored(writer) == {"gone": 1, "stays": 2}


def test_two_nodes_that_collide_run_again(writer: GroupWriter) -> None:
    """PostgreSQL breaks a deadlock by failing one group; it runs again, and both end well."""
    if writer.database.dialect != "postgresql":
        pytest.skip("one writer cannot meet another")
    other = GroupWriter(writer.database, VirtualClock(10**15))
    writer.write(put("a", 0))
    writer.write(put("b", 0))
    met = threading.Barrier(2, timeout=10)
    tries = {"ab": 0, "ba": 0}

    def update(order: str) -> Any:
        def run(tx: Tx) -> None:
            tries[order] += 1
            tx.run("UPDATE revisions SET value = value + 1 WHERE name = ?", (order[0],))
            if tries[order] == 1:
                met.wait()
            tx.run("UPDATE revisions SET value = value + 1 WHERE name = ?", (order[1],))

        return run

    threads = [
        threading.Thread(target=node.write, args=(update(order),)) for node, order in ((writer, "ab"), (other, "ba"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert stored(writer) == {"a": 2, "b": 2}
    assert sum(tries.values()) >= 3, "one of them ran again"
    other.close()


@pytest.mark.parametrize("bulk", [False, True])
def test_whoever_comes_second_on_another_node_finds_what_the_first_stored(writer: GroupWriter, bulk: bool) -> None:
    """Both look for a key, both find none, both insert it."""
    if writer.database.dialect != "postgresql":
        pytest.skip("one writer cannot meet another")
    other = GroupWriter(writer.database, VirtualClock(10**15))
    met = threading.Barrier(2, timeout=10)
    tries: list[int] = []
    answers: list[int] = []

    def once(tx: Tx, value: int) -> int:
        found = tx.row("SELECT value FROM revisions WHERE name = 'key'")
        if value not in tries:
            met.wait()
        tries.append(value)
        return int(found[0]) if found else int(put("key", value)(tx))

    def take(tx: Tx, items: list[int]) -> list[int]:
        return [once(tx, item) for item in items]

    def run(node: GroupWriter, value: int) -> None:
        answers.append(node.write_item(take, value) if bulk else node.write(lambda tx: once(tx, value)))

    threads = [threading.Thread(target=run, args=(node, value)) for node, value in ((writer, 1), (other, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [stored(writer)["key"]] * 2
    assert sorted(tries) in ([1, 1, 2], [1, 2, 2])
    other.close()


@pytest.mark.parametrize("bulk", [False, True])
def test_what_breaks_a_constraint_by_itself_fails_after_its_second_run(writer: GroupWriter, bulk: bool) -> None:
    writer.write(put("a", 1))
    runs = []

    def again(tx: Tx) -> int:
        runs.append(True)
        put("half", 1)(tx)
        return int(put("a", 2)(tx))

    def take(tx: Tx, items: list[None]) -> list[int]:
        return [again(tx) for _ in items]

    bad = writer.submit_item(take, None) if bulk else writer.submit(again)
    last = writer.submit(put("b", 3))
    writer.step()
    error = bad.exception()
    assert error is not None
    assert is_driver_error(error, "IntegrityError")
    assert len(runs) == (2 if writer.database.dialect == "postgresql" else 1)
    assert last.result() == 3
    assert stored(writer) == {"a": 1, "b": 3}


def test_a_disk_that_is_full_undoes_the_whole_group(writer: GroupWriter) -> None:
    """SQLite ends the transaction by itself then; what came after must not be written outside of one."""
    if writer.database.dialect != "sqlite":
        pytest.skip("PostgreSQL keeps the savepoint")

    def fill(tx: Tx) -> None:
        tx.connection.exec_driver_sql("PRAGMA max_page_count=1")
        put("x" * 1_000_000, 1)(tx)

    jobs = [writer.submit(job) for job in (put("a", 1), fill, put("b", 2))]
    writer.step()
    for job in jobs:
        assert isinstance(job.exception(), Unavailable)
    assert stored(writer) == {}
    assert writer.failure is not None
    assert writer.failure.why == "database or disk is full"


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_whatever_interrupts_a_group_undoes_it_and_everybody_hears(writer: GroupWriter, error: BaseException) -> None:
    restored = []
    writer.on_rollback.append(lambda: restored.append(True))

    def interrupted(tx: Tx) -> None:
        put("half", 1)(tx)
        raise error

    jobs = [writer.submit(put("a", 1)), writer.submit(interrupted)]
    with pytest.raises(type(error)):
        writer.step()
    assert restored, "what was cached may come from what was undone"
    for job in jobs:
        assert isinstance(job.exception(0), Unavailable)
    assert writer.failure is not None
    assert stored(writer) == {}
    assert writer.write(put("b", 2)) == 2


def test_a_log_that_cannot_be_written_leaves_nobody_without_an_answer(
    writer: GroupWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def error(self, *_: object, **__: object) -> None:
            raise OSError("no space left on device")

    monkeypatch.setattr("tocsin.storage.writer.log", Broken())

    def gone(tx: Tx) -> None:
        raise Undone("the connection is gone")

    job = writer.submit(gone)
    with pytest.raises(OSError, match="no space"):
        writer.step()
    assert isinstance(job.exception(0), Unavailable)
    assert writer.write(put("b", 2)) == 2


def test_a_caller_that_left_and_an_iteration_that_ended_hold_up_nobody(writer: GroupWriter) -> None:
    def ends(tx: Tx) -> None:
        next(iter(()))

    left, ended, last = writer.submit(put("a", 1)), writer.submit(ends), writer.submit(put("b", 2))
    left.cancel()
    writer.step()
    assert isinstance(ended.exception(0), RuntimeError | StopIteration)
    assert last.result(0) == 2
    assert stored(writer) == {"a": 1, "b": 2}

    async def asked() -> None:
        waiting = writer.write_soon(ends)
        await asyncio.to_thread(writer.step)
        with pytest.raises(RuntimeError):
            await waiting

    asyncio.run(asked())
