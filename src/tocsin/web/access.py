"""Who is at a page: the session behind its cookie, and that a form was sent from our own page in it."""

from collections.abc import Iterable, Mapping
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Depends, Request

from tocsin import languages
from tocsin.core import texts
from tocsin.core.errors import Forbidden, InvalidInput, Unauthenticated
from tocsin.core.wording import say
from tocsin.people import sessions
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import once, uploads
from tocsin.web.uploads import SentFile

TYPED = "typed-"  # before the fields of a form that comes by way of signing in
_SIGN_IN = "/sign-in"
MOST_FIELDS = 300


class SignedOut(Unauthenticated):
    """A page that needs a session, asked for without one. `back`: where to go once there is one."""

    def __init__(self, back: str) -> None:
        super().__init__(say("nobody is signed in"), expected=say("a session from /sign-in"))
        self.back = back


class Form(dict[str, str]):
    """The fields of a form. What is empty counts as left out. `pairs`: the fields as they came, where one stands in it
    several times. `files`: what was sent as a file, by the name of its field. `resumed`: it comes by way of signing in,
    belongs to no session, and is only shown again. `number`: its own, by which it is known when it comes twice."""

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]] = (),
        files: Mapping[str, SentFile] | None = None,
        *,
        resumed: bool = False,
        number: str = "",
    ) -> None:
        self.resumed = resumed
        self.number = number
        self.pairs = tuple(pairs)
        self.files = files or {}
        super().__init__(self.pairs)

    def several(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        return [value for each, value in self.pairs if each == name]

    def optional(self, name: str) -> str | None:
        return self.get(name, "").strip() or None


def installation_of(request: Request) -> Installation:
    found: Installation = request.state.installation
    return found


Here = Annotated[Installation, Depends(installation_of)]


def session_of(request: Request, here: Here) -> Session:
    """Whose browser it is, with the zone in which they read times; SignedOut without a session that lives."""
    found = look(request, here)
    if found is None:
        path = request.url.path if request.method == "GET" else "/"
        raise SignedOut(path + (f"?{request.url.query}" if request.url.query and request.method == "GET" else ""))
    request.state.language = found.language
    return found


Signed = Annotated[Session, Depends(session_of)]


def language_of(request: Request) -> str:
    """In which a page speaks: as its reader has chosen, else as their browser asks, else as the installation does."""
    chosen: str | None = getattr(request.state, "language", None)
    otherwise = installation_of(request).desk.language
    return chosen or languages.preferred(request.headers.get("accept-language", ""), otherwise)


def _language(request: Request, _: Signed) -> str:
    return language_of(request)


Language = Annotated[str, Depends(_language)]  # of whoever is signed in


def look(request: Request, here: Installation) -> Session | None:
    token = request.cookies.get(sessions.COOKIE)
    if not token or len(token) > 200:
        return None
    found = of_token(here, token)
    if found is not None and here.clock.now() - found.seen_at > sessions.SEEN_EVERY:
        here.writer.submit(lambda tx: sessions.seen(tx, [token]))
    return found


def of_token(here: Installation, token: str) -> Session | None:
    """The session that has this token, with the zone in which its user reads times; None where none lives."""
    now = here.clock.now()
    with here.database.reading(now) as tx:
        return of_tokens(tx, here, [token]).get(token)


def of_tokens(tx: Tx, here: Installation, tokens: Iterable[str]) -> dict[str, Session]:
    """The sessions that have these tokens, likewise, by token."""
    found = sessions.living(tx, tokens, tx.now)
    for token, session in found.items():
        if session.zone is None:
            found[token] = session._replace(zone=here.desk.policies.get(tx).zone(tx.now).key)
    return found


async def form_of(request: Request, here: Here) -> Form:
    """A form that is to be carried out, as `read_form` has it; Repeated where it was sent before."""
    form = await read_form(request, here)
    if form.number and sessions.COOKIE in request.cookies:
        once.begin(request, here.clock.now(), form.number, form.pairs, form.files)
    return form


async def read_form(request: Request, here: Installation) -> Form:
    """The fields of a form that one of our own pages sent; Forbidden where another site's did."""
    require_own_origin(request, here)
    try:
        pairs, files = _fields_of(await request.body(), request.headers.get("content-type", ""))
    except ValueError:
        raise InvalidInput(
            say("this is not a form"), expected=say("at most {most} fields in UTF-8", most=MOST_FIELDS)
        ) from None
    if any("\0" in value for pair in pairs for value in pair):
        raise InvalidInput(say("the text contains a NUL character"))
    pairs = [(name, texts.nfc(value)) for name, value in pairs]
    typed = [(name.removeprefix(TYPED), value) for name, value in pairs if name.startswith(TYPED)]
    if typed and request.url.path != _SIGN_IN:
        return Form(typed, resumed=True)
    number = next((value for name, value in pairs if name == once.FIELD), "")
    return Form([pair for pair in pairs if pair[0] != once.FIELD], files, number=number)


def _fields_of(body: bytes, kind: str) -> tuple[list[tuple[str, str]], dict[str, SentFile]]:
    """ValueError for what is no form."""
    if uploads.is_multipart(kind):
        return uploads.read(body, kind, MOST_FIELDS)
    return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"), {}


Fields = Annotated[Form, Depends(form_of)]


def signed_form_of(signed: Signed, form: Fields) -> Form:
    """A form of this very session; Forbidden with another's token, or none."""
    require_same(signed, form)
    return form


def require_same(signed: Session, form: Form) -> None:
    """Forbidden for a form of another session, or of none; the form is left without what says whose it is."""
    token = form.pop("form_token", "")
    if form.resumed:
        says = say("you were signed out before this was sent, so nothing was done; check it and send it again")
        raise Forbidden(says)
    if not sessions.same(token, signed.form_token):
        raise Forbidden(say("this form belongs to another session"), expected=say("send it again from this page"))


SignedForm = Annotated[Form, Depends(signed_form_of)]


def require_own_origin(request: Request, here: Installation) -> None:
    """Browsers say from which site a form comes; one that does not say so comes from none of ours."""
    origin = request.headers.get("origin")
    own = urlsplit(here.entrance.base_url)
    if origin is None or origin == "null":
        allowed = request.headers.get("sec-fetch-site") == "same-origin"
    else:
        there = urlsplit(origin)
        allowed = there.netloc == request.headers.get("host") or there[:2] == own[:2]
    if not allowed:
        raise Forbidden(say("this form comes from another site"), expected=say("a form of Tocsin's own pages"))


def sign_in_path(back: str) -> str:
    return _SIGN_IN + ("" if back in ("", "/") else f"?back={quote(back, safe='/')}")
