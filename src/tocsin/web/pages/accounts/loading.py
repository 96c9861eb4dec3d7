"""`/accounts/import`: customers from a table: first what it would change, then that."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import account_sheets
from tocsin.administration.account_sheets import MOST_ROWS, SHOWN, Looked
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.intake import uploads
from tocsin.intake.uploads import Contents, Upload
from tocsin.web import shell
from tocsin.web.access import Fields
from tocsin.web.errors import PageRoute
from tocsin.web.pages.accounts.editing import LABELS
from tocsin.web.pages.settings import frame, imports
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting

router = APIRouter(route_class=PageRoute)


@router.get("/accounts/import")
def ask(visit: Visiting) -> Response:
    visit.viewer.require("accounts.write")
    return _page(visit)


@router.post("/accounts/import")
def send(visit: Visiting, form: Fields) -> Response:
    """Look at a table that was sent, or carry out one that was looked at."""

    def do() -> Response:
        visit.viewer.require("accounts.write")
        here, who = visit.here, visit.viewer
        if key := form.optional("upload"):
            with here.database.reading(here.clock.now()) as tx:
                upload = uploads.named(tx, who, key)
                file = uploads.contents(tx, upload)
            looked = account_sheets.apply(here, who, file)
            here.writer.write(lambda tx: uploads.forget(tx, upload))
            return _page(visit, upload=upload, looked=looked, carried=True)
        sent = form.files.get("file")
        if sent is None or not sent.data:
            raise InvalidInput(say("no file was sent"), place="file", expected=say("a table as CSV, with a header"))
        file = Contents(sent.data)
        looked = account_sheets.look(here, who, file)
        return _page(visit, upload=imports.keep(visit, sent.name, file), looked=looked)  # until it is carried out

    return frame.carried(visit, form, "import", do, lambda kept: _page(visit, kept))


def _page(
    visit: Visit,
    kept: Kept | None = None,
    *,
    upload: Upload | None = None,
    looked: Looked | None = None,
    carried: bool = False,
) -> Response:
    return shell.show(
        visit.here,
        visit.signed,
        "accounts/import.html",
        kept.status if kept else 200,
        language=visit.language,
        place="accounts",
        title=_heading(visit, looked, carried),
        kept=kept,
        says=kept.says if kept else None,
        failed=kept is not None,
        upload=upload,
        looked=looked,
        carried=carried,
        labels=LABELS,
        most=MOST_ROWS,
        shown=SHOWN,
    )


def _heading(visit: Visit, looked: Looked | None, carried: bool) -> str:
    if looked is None:
        return visit.says("Customers from a table")
    amount = looked.new + looked.changed
    if carried:
        return visit.counts("{amount} customer was changed", "{amount} customers were changed", amount)
    if not amount:
        return visit.says("The table would change nothing")
    return visit.counts("The table would change {amount} customer", "The table would change {amount} customers", amount)
