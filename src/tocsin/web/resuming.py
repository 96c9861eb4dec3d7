"""What was typed into a form whose session had ended: carried across signing in by the sign-in's own form, so that
nothing of it is stored for whom nobody knows yet."""

from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from tocsin.core.wording import Counted, Said, marked, worded
from tocsin.web import rendering
from tocsin.web.access import Form
from tocsin.web.asking import Act
from tocsin.web.verbs import acts

_TYPED = "typed-"
SAYS = marked("You were signed out before this was sent, so nothing was done. Check it and send it again.")


class Unfinished(NamedTuple):
    """A verb of a case that nobody carried out, and what was typed for it."""

    case: str
    act: Act
    typed: dict[str, str]

    @property
    def fields(self) -> dict[str, str]:
        """It as fields of another form; `read` is the way back."""
        typed = {_TYPED + name: value for name, value in self.typed.items()}
        return {"case": self.case, "verb": self.act.verb.name, **typed}


def asked(request: Request, form: Form) -> Unfinished | None:
    """What a form asked for whose session had ended; None where nothing was typed."""
    return _unfinished(request.path_params.get("case"), request.path_params.get("verb", ""), form)


def read(form: Form) -> Unfinished | None:
    """What the sign-in's form carries."""
    typed = {name.removeprefix(_TYPED): value for name, value in form.items() if name.startswith(_TYPED)}
    return _unfinished(form.get("case"), form.get("verb", ""), typed)


def sign_in_page(
    back: str,
    *,
    language: str,
    name: str = "",
    says: Said | Counted | None = None,
    status: int = 200,
    unfinished: Unfinished | None = None,
) -> Response:
    """The sign-in, which leads `back`, with what is unfinished in it."""
    fields = unfinished.fields if unfinished else {}
    reader = rendering.reader(language)
    told = None if says is None else worded(says, reader)
    values = {
        "title": reader.says("Sign in"),
        "back": back,
        "name": name,
        "says": told,
        "wrong": status in (403, 429),
        "fields": fields,
    }
    return rendering.page("sign_in.html", status, language=language, **values)


def back_to(request: Request, form: Form) -> str:
    """Where the form stood."""
    case = request.path_params.get("case")
    return f"/cases/{case}" if case and form.get("back") != "now" else "/"


def _unfinished(case: str | None, verb: str, given: dict[str, str]) -> Unfinished | None:
    act = acts().get(verb)
    if case is None or act is None:
        return None
    typed = {field.name: given[field.name] for field in act.fields if given.get(field.name)}
    return Unfinished(case, act, typed) if typed and given.get("back") != "now" else None
