"""`/settings/imports`: a file of another system is sent, its mapping is drafted and corrected, tried, and carried out;
and how far every import is."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from tocsin.administration import imports
from tocsin.clocks import moments
from tocsin.core import instants, sheets
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem
from tocsin.core.wording import marked, say, worded
from tocsin.intake import import_store, uploads
from tocsin.intake.csv_rows import Refused
from tocsin.intake.import_runs import MAPPING
from tocsin.intake.mapping import looking
from tocsin.intake.mapping.looking import ReadField
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.intake.uploads import Contents, Upload
from tocsin.languages import tongue
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.web import rendering, words
from tocsin.web.access import Fields, Form
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import IMPORTS

router = APIRouter(route_class=SettingsRoute)
DONE = {"kept": marked("Nothing is imported yet. Look at the mapping first."), "saved": marked("Saved.")}
MOST_NAME = 200  # characters of the name of a file
_REFUSED = ("line", "external_id", "field", "column", "value", "reason", "detail")


@router.get("/settings/imports")
def show(visit: Visiting) -> Response:
    visit.see(IMPORTS)
    return _list(visit)


@router.post("/settings/imports")
def send(visit: Visiting, form: Fields) -> Response:
    """Keep a file that was sent, with a draft of its mapping."""

    def do() -> str:
        visit.viewer.require(IMPORTS.changes)
        upload, _ = brought(visit, form)
        return f"{_path(upload)}?done=kept"

    return frame.carried(visit, form, "send", do, lambda kept: _list(visit, kept))


@router.get("/settings/imports/files/{upload}")
def show_file(upload: str, visit: Visiting, done: str = "") -> Response:
    visit.see(IMPORTS)
    return _page(visit, _named(visit, upload), key=done)


@router.post("/settings/imports/files/{upload}")
def carry_out(upload: str, visit: Visiting, form: Fields) -> Response:
    """Save the mapping; try it, or import by it, where the form says so."""
    visit.see(IMPORTS)
    found = _named(visit, upload)
    mapping = form.get("mapping", "").replace("\r\n", "\n")

    def do() -> str:
        visit.viewer.require(IMPORTS.changes)
        visit.here.writer.write(lambda tx: uploads.correct(tx, found, mapping))
        wanted = form.get("do", "")
        if wanted not in ("dry", "history", "live"):
            return f"{_path(found)}?done=saved"
        parse_mapping(mapping, MAPPING)
        corrected = found._replace(mapping=mapping)
        imports.begin(visit.here, visit.viewer, corrected, dry=wanted == "dry", live=wanted == "live")
        return f"{_path(found)}#run"

    return frame.carried(visit, form, "mapping", do, lambda kept: _page(visit, _named(visit, upload), kept))


@router.get("/parts/settings/imports/{upload}")
def part(upload: str, visit: Visiting) -> Response:
    """How far a run is, or what came of it."""
    visit.see(IMPORTS)
    found = _named(visit, upload)
    values: dict[str, Any] = {"upload": found, "run": found.run, "session": visit.signed, "now": visit.here.clock.now()}
    text = rendering.part("settings/import_run.html", language=visit.language, **values)
    return HTMLResponse(text, headers={"cache-control": "no-store"})


@router.get("/settings/imports/files/{upload}/refused.csv")
def refused(upload: str, visit: Visiting) -> Response:
    """The rows that were left out, with line and reason."""
    visit.see(IMPORTS)
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        rows = uploads.refused(tx, uploads.named(tx, visit.viewer, upload))
    headers = {"content-disposition": 'attachment; filename="refused.csv"', "cache-control": "no-store"}
    written = sheets.written(_REFUSED, _cells(rows, visit.language))
    return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=headers)


def brought(visit: Visit, form: Form) -> tuple[Upload, Contents]:
    """The file that a form brings, kept with a draft of its mapping. InvalidInput without one."""
    sent = form.files.get("file")
    if sent is None or not sent.data:
        raise InvalidInput(say("no file was sent"), place="file", expected=say("a CSV file with a header"))
    name = sent.name.replace("\\", "/").rpartition("/")[2] or "file"
    file = Contents(sent.data)
    return keep(visit, name, file, looking.drafted(file, name[:MOST_NAME])), file


def keep(visit: Visit, name: str, file: Contents, mapping: str = "") -> Upload:
    """Keep a file for whoever is at the page."""
    here, now, user = visit.here, visit.here.clock.now(), visit.viewer.user
    assert user is not None  # every session is somebody's
    upload = Upload(here.mint.new(now), user, name[:MOST_NAME], len(file.data), now, mapping)
    here.writer.write(lambda tx: uploads.keep(tx, upload, file.data))
    return upload


def _named(visit: Visit, upload: str) -> Upload:
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        return uploads.named(tx, visit.viewer, upload)


def _cells(rows: Iterable[Refused], language: str) -> Iterator[tuple[Any, ...]]:
    """As whoever takes the table reads it."""
    speaks = tongue(language)
    reader = moments.reader(instants.to_text, tongue=speaks)._replace(foreign=str)
    for row in rows:
        why = words.why_left_out(row.reason, speaks)
        found = "" if row.says is None else worded(row.says, reader)
        yield row.line, row.external_id, row.place, row.column, row.value, why, found


def _list(visit: Visit, kept: Kept | None = None) -> Response:
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        people = visit.here.desk.directory.get(tx)
        found = [_shown(one, people) for one in import_store.listed(tx)]
        files = uploads.listed(tx)
    heading = visit.says("Nothing was imported yet")
    if found:
        heading = visit.counts("{amount} import came in", "{amount} imports came in", len(found))
    return frame.show(
        visit,
        IMPORTS,
        "imports.html",
        heading,
        listed=True,
        kept=kept,
        found=found,
        uploads=[(each, _path(each)) for each in files if each.mapping and each.user == visit.viewer.user],
        others=[(each, people.display_of(each.user)) for each in files if _unfinished(each, visit.viewer)],
        most=uploads.MOST_BYTES // (1024 * 1024),
    )


def _page(visit: Visit, upload: Upload, kept: Kept | None = None, *, key: str = "") -> Response:
    read, problems = _read(visit, upload)
    run = upload.run
    heading = visit.says("How {name} is read", name=upload.name)
    if run is not None and run.working:
        heading = visit.says("{name} is being tried", name=upload.name)
        if not run.dry:
            heading = visit.says("{name} is being imported", name=upload.name)
    elif run is not None and run.done and not run.dry:
        heading = visit.counts("{amount} case was opened", "{amount} cases were opened", run.outcome.opened)
    return frame.show(
        visit,
        IMPORTS,
        "import.html",
        heading,
        done=DONE,
        key=key,
        kept=kept,
        upload=upload,
        path=_path(upload),
        run=run,
        read=read,
        problems=problems,
        asks=list(looking.questions(upload.mapping)),
        imported=f"/cases?{urlencode({'imported': 'true'})}",
    )


def _unfinished(upload: Upload, viewer: Viewer) -> bool:
    """Whether it is somebody else's import that works, or ended early: whoever may import is told of these."""
    run = upload.run
    return upload.user != viewer.user and run is not None and not run.dry and (run.working or run.failed is not None)


def _read(visit: Visit, upload: Upload) -> tuple[list[ReadField], tuple[Problem, ...]]:
    """What the mapping reads, or what is wrong with it."""
    with visit.here.database.reading() as tx:
        file = uploads.contents(tx, upload)
    try:
        return looking.fields(file, parse_mapping(upload.mapping, MAPPING)), ()
    except InvalidDocument as error:
        return [], error.problems


def _shown(one: dict[str, Any], people: Directory) -> dict[str, Any]:
    """An import for its row: with instants, and what people call whoever began it."""
    times = {name: instants.from_text(one[name]) for name in ("begun_at", "last_at")}
    return one | times | {"by": people.called(one["begun_by"])}


def _path(upload: Upload) -> str:
    return f"/settings/imports/files/{upload.key}"
