"""Pages from templates: everything that they show is escaped, and nothing runs in them but our own files. Texts of ours
stand in them as `t("...")`, or `n("one", "many", amount)`, and are put into the language of whoever reads."""

from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup, escape
from starlette.responses import Response

from tocsin.clocks import moments
from tocsin.core.wording import Reader, worded
from tocsin.languages import ENGLISH, Tongue, tongue
from tocsin.web import assets, words
from tocsin.web.drawing import icons

_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
_NOTHING = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_OURS = "; script-src 'self'; connect-src 'self'; manifest-src 'self'"
_PAGE = _NOTHING + _OURS + "; img-src 'self' data:"  # pictures that style sheets hold
_NIGHT = _NOTHING + _OURS + "; worker-src 'self'"


def page(template: str, status: int = 200, *, language: str = ENGLISH, **values: Any) -> Response:
    """A page that nobody keeps or frames, and that loads nothing from elsewhere."""
    headers = _HEADERS | {"content-security-policy": _PAGE, "referrer-policy": "same-origin"}
    return Response(part(template, language=language, **values), status, headers, "text/html")


def bare(template: str, status: int = 200, *, language: str = ENGLISH, **values: Any) -> Response:
    """A page whose address holds a token: it runs our own files alone, and tells nobody where it was."""
    headers = _HEADERS | {"content-security-policy": _NIGHT, "referrer-policy": "no-referrer"}
    return Response(part(template, language=language, **values), status, headers, "text/html")


def part(template: str, *, language: str = ENGLISH, **values: Any) -> str:
    return environment(language).get_template(template).render(language=language, **values)


def reader(language: str, people: dict[str, str] | None = None) -> Reader:
    """Whoever reads a page: instants are marked in it, for `timed`."""
    return moments.reader(words.marked, people or {}, tongue(language))


@cache
def environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("tocsin.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speaks = tongue(language)
    made.filters |= words.filters(speaks)
    made.globals["asset"] = assets.address
    made.globals["beside"] = lambda path: f"..{assets.address(path)}"  # for a page whose address has one level more
    made.globals["icon"] = partial(icons.icon, assets.address("icons.svg"))
    made.globals["drawn"] = icons.inline
    made.globals["t"], made.globals["n"] = _text(speaks), _plural(speaks)
    made.globals["unhurried"] = pass_context(words.unhurried)
    made.globals["script_words"] = words.of_script(speaks)
    return made


def _text(speaks: Tongue) -> Any:
    def t(text: Any, /, **values: Any) -> Markup:
        """A text of ours, or a value as `say` makes one. Values are escaped, but for markup."""
        if not isinstance(text, str):
            return escape(worded(text, reader(speaks.name)))
        found = escape(speaks.text(text))
        return found.format(**values) if values else found

    return t


def _plural(speaks: Tongue) -> Any:
    def n(one: str, many: str, amount: int, /, **values: Any) -> Markup:
        return escape(speaks.plural(one, many, amount)).format(amount=speaks.number(amount), **values)

    return n
