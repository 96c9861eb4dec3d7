"""Pages from templates: everything that they show is escaped, and nothing runs in them but our own files. Texts of ours
stand in them as `t("...")`, or `n("one", "many", amount)`, and are put into the language of whoever reads."""

from functools import cache, lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from starlette.responses import Response

from tocsin.clocks import moments
from tocsin.core.wording import Reader, worded
from tocsin.languages import ENGLISH, Tongue, tongue
from tocsin.web import assets, once, words
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
_SAID, _KEPT = 5000, 20_000  # texts, and drawings of macros, that are remembered in each language
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
        auto_reload=False,  # it would look at every file for every page
    )
    speaks = tongue(language)
    made.filters |= words.filters(speaks)
    made.globals["asset"] = assets.address
    made.globals["form_number"] = once.new_number
    made.globals["beside"] = lambda path: f"..{assets.address(path)}"  # for a page whose address has one level more
    made.globals["icon"] = partial(icons.icon, assets.address("icons.svg"))
    made.globals["drawn"] = icons.inline
    made.globals["t"], made.globals["n"], made.globals["drawn_once"] = _text(speaks), _plural(speaks), _drawn_once()
    made.globals["unhurried"] = pass_context(words.unhurried)
    made.globals["script_words"] = words.of_script(speaks)
    return made


def _text(speaks: Tongue) -> Any:
    @lru_cache(_SAID, typed=True)  # markup is no plain text
    def plain(text: str) -> Markup:
        return escape(speaks.text(text))

    def t(text: Any, /, **values: Any) -> Markup:
        """A text of ours, or a value as `say` makes one. Values are escaped, but for markup."""
        if not isinstance(text, str):
            return escape(worded(text, reader(speaks.name)))
        return _filled(plain(text), values) if values else plain(text)

    return t


def _plural(speaks: Tongue) -> Any:
    @lru_cache(_SAID)
    def plain(one: str, many: str, amount: int) -> Markup:
        return escape(speaks.plural(one, many, amount))

    def n(one: str, many: str, amount: int, /, **values: Any) -> Markup:
        return _filled(plain(one, many, amount), {"amount": speaks.number(amount), **values})

    return n


def _filled(text: Markup, values: dict[str, Any]) -> Markup:
    escaped = {name: escape(value) for name, value in values.items()}
    return Markup(str.format(text, **escaped))  # noqa: S704  (both are escaped)


def _drawn_once() -> Any:
    known: dict[Any, Markup] = {}

    @pass_context
    def drawn_once(context: Context, macro: Macro, *given: Any) -> Markup:
        """What a macro draws, drawn once in each zone. For one that depends on nothing else than what it is given, and
        has a name of its own among those."""
        session = context.get("session")
        key = (macro.name, session and session.zone, given, *map(type, given))
        found = known.get(key)
        if found is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[key] = Markup(macro(*given))  # noqa: S704  (the macro has escaped it)
        return found

    return drawn_once
