"""Files that people bring on a page are the same on every server; an import that is cut off says so and goes on from
there; one whose owner may not import any more ends before its next rows."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.stories.starter import STARTER
from tests.testing import SECRET, World, wait_until, world
from tocsin import runtime
from tocsin.administration import account_sheets, imports
from tocsin.core.clock import DAY, HOUR, SECOND
from tocsin.core.errors import Conflict, Forbidden, NotFound
from tocsin.core.wording import plain
from tocsin.intake import uploads
from tocsin.intake.import_runs import ImportRun
from tocsin.intake.mapping import looking
from tocsin.intake.uploads import UNHEARD, Contents, Upload
from tocsin.people import directory
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.writer import GROUP

FILE = b"id,subject,users affected\n" + b"".join(b"T-%d,Something is slow,3\n" % row for row in range(2 * GROUP + 9))
Hook = Callable[[], None]


@pytest.fixture
def here(database_url: str) -> World:
    return world(database_url, STARTER)


@pytest.fixture
def other(here: World) -> Iterator[Installation]:
    """Another server of the same database."""
    made = runtime.build(here.url, SECRET, clock=here.clock, carrier=runtime.Inline())
    yield made
    made.close()


@pytest.fixture
def admin(here: World) -> Viewer:
    return here.viewer("admin")


@pytest.fixture
def after_a_portion(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hook], None]:
    """Have something happen once the first rows of an import are taken in."""

    def after(hook: Hook) -> None:
        real, hooks = imports.taken, [hook]

        def taken(*given: Any, **named: Any) -> Any:
            answer = real(*given, **named)
            while hooks:
                hooks.pop()()
            return answer

        monkeypatch.setattr(imports, "taken", taken)

    return after


@pytest.fixture
def held(after_a_portion: Callable[[Hook], None]) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Hold an import after its first rows: when it has come there, and whether it may go on."""
    there, go = threading.Event(), threading.Event()

    def hold() -> None:
        there.set()
        assert go.wait(60)

    after_a_portion(hold)
    yield there, go
    go.set()


def bring(server: Installation, who: Viewer, data: bytes = FILE, name: str = "tickets.csv") -> Upload:
    file, now, user = Contents(data), server.clock.now(), who.user
    assert user is not None
    upload = Upload(server.mint.new(now), user, name, len(data), now, looking.drafted(file, name))
    server.writer.write(lambda tx: uploads.keep(tx, upload, data))
    return upload


def seen(server: Installation, who: Viewer, upload: Upload) -> Upload:
    with server.database.reading(server.clock.now()) as tx:
        return uploads.named(tx, who, upload.key)


def run_of(server: Installation, who: Viewer, upload: Upload) -> ImportRun:
    """As this server shows it."""
    run = seen(server, who, upload).run
    assert run is not None
    return run


def over(server: Installation, who: Viewer, upload: Upload) -> ImportRun:
    """Its run, once the server that carries it out has written down that it is over."""
    wait_until(lambda: server.imports.step(server.writer) > 0, 60)
    return run_of(server, who, upload)


def cases(server: Installation) -> int:
    with server.database.reading() as tx:
        return int((tx.row("SELECT count(*) FROM cases") or [0])[0])


def test_every_server_shows_the_same(here: World, other: Installation, admin: Viewer) -> None:
    first = here.installation
    upload = bring(first, admin)
    there = seen(other, admin, upload)
    assert there == upload
    with other.database.reading() as tx:
        assert uploads.contents(tx, there).open().read() == FILE
        assert [each.name for each in uploads.listed(tx)] == ["tickets.csv"]
    corrected = upload.mapping + "ignore:\n  - {when: 'true', reason: nothing counts}\n"
    other.writer.write(lambda tx: uploads.correct(tx, there, corrected))
    assert seen(first, admin, upload).mapping == corrected
    with pytest.raises(NotFound):
        seen(first, here.viewer("lea"), upload)

    imports.begin(first, admin, upload, dry=True)
    tried = over(first, admin, upload)
    assert run_of(other, admin, upload) == tried
    assert (tried.done, tried.dry, tried.outcome.unchanged) == (True, True, 2 * GROUP + 9)
    assert tried.trial is not None
    assert tried.trial.tickets == 2 * GROUP + 9
    assert cases(other) == 0


def test_what_was_left_out_and_what_a_mapping_lacks_is_the_same(
    here: World, other: Installation, admin: Viewer
) -> None:
    first = here.installation
    upload = bring(first, admin, b"id,subject\nA-1,\nA-2,\xff\xfe grey\n", "\xfc.csv")
    imports.begin(first, admin, upload, dry=False)
    run = over(first, admin, upload)
    with other.database.reading() as tx:
        left_out = uploads.refused(tx, upload)
    assert [row.external_id for row in left_out] == ["A-1"]
    assert run_of(other, admin, upload).outcome.refused == run.outcome.refused
    assert run.outcome.refused.total() == 1

    imports.begin(first, admin, upload._replace(mapping="subject: nowhere\n"), dry=False)
    run = over(first, admin, upload)
    assert run.problems
    assert not run.done
    assert run_of(other, admin, upload).problems == run.problems


def test_one_import_runs_at_a_time_and_is_seen_on_the_way(
    here: World, other: Installation, admin: Viewer, held: tuple[threading.Event, threading.Event]
) -> None:
    first, (there, go) = here.installation, held
    upload = bring(first, admin)
    imports.begin(first, admin, upload, dry=False)
    assert there.wait(60)
    another = bring(other, here.viewer("lea"))
    with pytest.raises(Conflict, match="another import is running"):
        imports.begin(other, here.viewer("lea"), another, dry=True)
    for _ in range(uploads.OWN + 1):
        bring(other, admin)
    here.clock.advance(UNHEARD // 2)
    first.imports.step(first.writer)
    here.clock.advance(UNHEARD - SECOND)
    assert run_of(other, admin, upload).working  # heard of since, and not pushed out by the others
    go.set()
    assert over(first, admin, upload).done
    assert run_of(other, admin, upload).outcome.opened == cases(other) == 2 * GROUP + 9


def test_one_that_is_cut_off_says_so_and_goes_on_elsewhere_without_a_case_twice(
    here: World, other: Installation, admin: Viewer, held: tuple[threading.Event, threading.Event]
) -> None:
    first, (there, go) = here.installation, held
    upload = bring(first, admin)
    imports.begin(first, admin, upload, dry=False)
    assert there.wait(60)
    here.clock.advance(UNHEARD + SECOND)
    run = run_of(other, admin, upload)
    assert (run.working, run.done, plain(run.failed)) == (False, False, "the server that carried it out has ended")
    assert cases(other) == GROUP

    imports.begin(other, admin, upload, dry=False)
    assert over(other, admin, upload).done
    assert cases(other) == 2 * GROUP + 9

    first.imports.step(first.writer)  # it was alive all the same, and learns that it is not its import any more
    go.set()
    wait_until(lambda: first.imports.step(first.writer) > 0, 60)
    assert run_of(first, admin, upload).done
    assert cases(first) == 2 * GROUP + 9


def test_a_server_that_ends_says_how_far_it_came(
    here: World, other: Installation, admin: Viewer, held: tuple[threading.Event, threading.Event]
) -> None:
    first, (_, go) = here.installation, held
    upload = bring(first, admin)
    imports.begin(first, admin, upload, dry=False)
    closing = threading.Thread(target=lambda: first.imports.close(first.writer))
    closing.start()
    wait_until(lambda: all(run.over for run, _, _ in first.imports._own), 60)
    go.set()
    closing.join(60)
    run = run_of(other, admin, upload)
    assert plain(run.failed) == "the server that carried it out has ended"
    assert run.outcome.opened == cases(other) == GROUP
    imports.begin(other, admin, upload, dry=False)
    assert over(other, admin, upload).done
    assert cases(other) == 2 * GROUP + 9


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"active": False}, "lea is not an active user any more"),
        ({"role": "agent"}, "the role agent may not import cases"),
    ],
)
def test_it_ends_where_whoever_began_it_may_not_import_any_more(
    here: World,
    other: Installation,
    admin: Viewer,
    after_a_portion: Callable[[Hook], None],
    changes: dict[str, Any],
    says: str,
) -> None:
    first = here.installation
    change(other, "lea", role="operator")
    lea = here.viewer("lea")
    upload = bring(first, lea)
    after_a_portion(lambda: change(other, "lea", **changes))
    imports.begin(first, lea, upload, dry=False)
    run = over(first, lea, upload)
    assert (run.done, plain(run.failed)) == (False, says)
    assert run.outcome.opened == cases(first) == GROUP


def test_a_table_of_accounts_ends_likewise(here: World, admin: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    first, lea = here.installation, here.viewer("lea")
    table = b"id,name\n" + b"".join(b"A-%d,Name\n" % row for row in range(250))
    written: list[int] = []
    real = account_sheets._written

    def parts(tx: Any, **named: Any) -> Any:
        if written:
            directory.change_user(tx, first.mint, first.journal, "lea", {"role": "agent"}, by="test")
        written.append(1)
        return real(tx, **named)

    monkeypatch.setattr(account_sheets, "_written", parts)
    with pytest.raises(Forbidden, match="may not change customers"):
        account_sheets.apply(first, lea, Contents(table))
    with first.database.reading() as tx:
        assert tx.row("SELECT count(*) FROM accounts") == (100,)


def test_files_have_an_end(here: World, admin: Viewer) -> None:
    first, lea = here.installation, here.viewer("lea")
    own = [bring(first, admin) for _ in range(uploads.OWN + 1)]
    with pytest.raises(NotFound):
        seen(first, admin, own[0])
    here.clock.advance(7 * DAY - HOUR)
    younger = bring(first, lea)
    here.clock.advance(HOUR)
    assert first.writer.write(uploads.sweep) == uploads.OWN
    with pytest.raises(NotFound):
        seen(first, admin, own[-1])
    assert seen(first, lea, younger)
    with first.database.reading() as tx:
        assert tx.row("SELECT count(*) FROM upload_data") == (1,)
    first.writer.write(lambda tx: uploads.forget(tx, younger))
    with pytest.raises(NotFound):
        seen(first, lea, younger)


def test_all_together_are_bounded(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEPT", 3)
    made = [bring(here.installation, here.viewer(name)) for name in ("admin", "lea", "anna", "bo")]
    with here.installation.database.reading() as tx:
        assert [each.id for each in uploads.listed(tx)] == [each.id for each in made[:0:-1]]


def change(server: Installation, name: str, **changes: Any) -> None:
    server.writer.write(lambda tx: directory.change_user(tx, server.mint, server.journal, name, changes, by="test"))
