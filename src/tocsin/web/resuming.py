"""What was typed into a form whose session had ended: carried across signing in by the sign-in's own form, so that
nothing of it is stored for whom nobody knows yet. From there the browser sends it to where the form went, as one that
belongs to no session: it is shown again as it was typed, and nothing is done."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response

from tocsin.core.wording import Counted, Said, worded
from tocsin.notify.channels.registry import CHANNELS
from tocsin.web import access, rendering
from tocsin.web.access import TYPED, Form
from tocsin.web.verbs import acts

_ACTION = "action"
_UNSEEN = frozenset({"form_token", "version", "seen", "back", "event"})  # which nobody types
_SECRET = re.compile("password|secret|credential|^old$|^new$|^again$")
_SECRET_PLACES = frozenset(each.address.name for each in CHANNELS.values() if each.address.secret)
_OWN_PATH = re.compile(r"/(?![/\\])(?!sign-(?:in|out)\b)[^\x00-\x1f\x7f\\]{0,1000}")


class Unfinished(NamedTuple):
    """A form that was not carried out: where it goes, and its fields as they came."""

    path: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """It as fields of another form; `read` is the way back."""
        return [(_ACTION, self.path), *((TYPED + name, value) for name, value in self.pairs)]


def asked(request: Request, form: Form) -> Unfinished | None:
    """What a form asked for whose session had ended; None where nothing was typed, or its page cannot show it again."""
    verb = request.path_params.get("verb")
    if not _kept_by(request) or form.get("back") == "now" or (verb is not None and verb not in acts()):
        return None
    pairs = tuple((name, value) for name, value in form.pairs if name != "form_token" and not _secret(name))
    typed = any(value.strip() for name, value in pairs if name not in _UNSEEN)
    return Unfinished(request.url.path, pairs) if typed else None


def _secret(name: str) -> bool:
    """Whether a field holds what nobody else may see: somebody else may sign in next."""
    return name in _SECRET_PLACES or _SECRET.search(name) is not None


def read(form: Form) -> Unfinished | None:
    """What the sign-in's form carries."""
    path = own(form.get(_ACTION, ""))
    pairs = tuple((name.removeprefix(TYPED), value) for name, value in form.pairs if name.startswith(TYPED))
    return Unfinished(path, pairs) if pairs and path != "/" else None


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
    fields = unfinished.fields if unfinished else []
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
    if case:
        return f"/cases/{case}" if form.get("back") != "now" else "/"
    there = urlsplit(request.headers.get("referer", ""))
    return own(there.path) if there.netloc == request.headers.get("host") else "/"


def own(path: str) -> str:
    """A path of ours, with what is asked behind it: nobody is led elsewhere by a link to the sign-in, nor out again."""
    return path if _OWN_PATH.fullmatch(path) else "/"


def _kept_by(request: Request) -> bool:
    """Whether a route shows a form again that is not of its session."""
    return any(each.call is access.form_of for each in request.scope["route"].dependant.dependencies)
