"""`/sign-in` and `/sign-out`: a name and a password for a session in a cookie, and its end."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.wording import Said, counted, say
from tocsin.people import passwords, sessions
from tocsin.runtime import Installation
from tocsin.web import access, resuming
from tocsin.web.access import Fields, Here, Signed, SignedForm, language_of
from tocsin.web.errors import PageRoute
from tocsin.web.resuming import own

router = APIRouter(route_class=PageRoute)


@router.get("/sign-in")
def ask(request: Request, here: Here, back: str = "/") -> Response:
    if access.look(request, here) is not None:
        return RedirectResponse(own(back), 303)
    return resuming.sign_in_page(own(back), says=_why(request, back), language=language_of(request))


@router.post("/sign-in")
def sign_in(request: Request, here: Here, form: Fields) -> Response:
    """The answer is the same, and takes as long, for a wrong name as for a wrong password."""
    name, password, back = form.get("name", "").strip().lower(), form.get("password", ""), own(form.get("back", "/"))
    address, now = request.client.host if request.client else "", here.clock.now()
    account, unfinished = name[:100], resuming.read(form)
    language = language_of(request)
    again = partial(resuming.sign_in_page, back, name=name, unfinished=unfinished, language=language)
    wait = here.entrance.attempts.begin(account, address, now)
    if wait is not None:
        minutes = -(-wait // MINUTE)
        says = counted(
            "Too many tries. Wait {amount} minute, or ask an administrator.",
            "Too many tries. Wait {amount} minutes, or ask an administrator.",
            minutes,
        )
        response = again(says=says, status=429)
        response.headers["retry-after"] = str(-(-wait // SECOND))
        return response
    user = _user(here, account, password)
    if user is None:
        return again(says=say("Wrong name or password."), status=403)
    here.entrance.attempts.succeeded(account, address)
    before = request.cookies.get(sessions.COOKIE)

    def begin(tx: Any) -> str:
        if before:
            sessions.end(tx, before)
        return sessions.begin(tx, user)

    token = here.writer.write(begin)
    # The browser sends the same form on to where the unfinished one went.
    response = RedirectResponse(unfinished.path, 307) if unfinished else RedirectResponse(back, 303)
    secure = here.entrance.base_url.startswith("https://")
    response.set_cookie(
        sessions.COOKIE,
        token,
        max_age=sessions.LASTS // SECOND,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, here: Here, signed: Signed, form: SignedForm) -> Response:
    here.writer.write(partial(sessions.end, token=request.cookies[sessions.COOKIE]))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="lax")
    return response


def _user(here: Installation, name: str, password: str) -> int | None:
    """The user whose name and password these are. The hash is looked up even for names that no user can have."""
    with here.database.reading() as tx:
        user, stored = passwords.stored_for(tx, name)
    return user if passwords.fits(password, stored) else None


def _why(request: Request, back: str) -> Said | None:
    """Why somebody who asked for a page sees this one."""
    if request.cookies.get(sessions.COOKIE):
        return say("You were signed out: a session lasts 12 hours.")
    return None if own(back) == "/" else say("You are not signed in. After signing in you return to this page.")
