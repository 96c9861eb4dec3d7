"""Pages from templates: everything that they show is escaped, and nothing runs in them but our own files."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from tocsin.web import assets, words

_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
_NOTHING = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_PAGE = _NOTHING + "; script-src 'self'; connect-src 'self'; img-src 'self' data:"  # pictures that style sheets hold


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page that nobody keeps or frames, and that loads nothing from elsewhere."""
    headers = _HEADERS | {"content-security-policy": _PAGE, "referrer-policy": "same-origin"}
    return Response(part(template, **values), status, headers, "text/html")


def bare(template: str, status: int = 200, **values: Any) -> Response:
    """A page whose address holds a token: it runs nothing, and tells nobody where it was."""
    headers = _HEADERS | {"content-security-policy": _NOTHING, "referrer-policy": "no-referrer"}
    return Response(part(template, **values), status, headers, "text/html")


def part(template: str, **values: Any) -> str:
    return environment().get_template(template).render(**values)


@cache
def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("tocsin.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= words.FILTERS
    made.globals["asset"] = assets.address
    return made
