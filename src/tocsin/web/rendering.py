"""Pages from templates: everything that they show is escaped, and nothing runs in them."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",  # an address may hold a token
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page that nobody keeps or frames, and that loads nothing but our style sheet."""
    text = _environment().get_template(template).render(**values)
    return Response(text, status, HEADERS, "text/html")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tocsin.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
