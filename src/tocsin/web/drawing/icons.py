"""Icons: those of Lucide that `frontend/icons.txt` names, and our own bell, in one file that pages refer to."""

import re
from functools import cache, lru_cache
from importlib import resources

from markupsafe import Markup

_OWN = {
    "tocsin": (
        '<path d="M12 3.2c-3.6 0-5.6 2.7-5.8 6.3-.2 3.3-1 5.2-2.4 6.7h16.4c-1.4-1.5-2.2-3.4-2.4-6.7C17.6 5.9 15.6 3.2'
        ' 12 3.2Z" fill="currentColor" stroke="none"/><path d="M9.6 18.6a2.5 2.5 0 0 0 4.8 0"/><path d="M2.6 8.5c.2-1.9'
        ' 1-3.6 2.2-4.9M21.4 8.5c-.2-1.9-1-3.6-2.2-4.9"/>'
    )
}
_SYMBOL = re.compile(r'<symbol id="([\w-]+)" viewBox="0 0 24 24">(.*?)</symbol>')
_ELEMENT = Markup('<svg class="i{more}" viewBox="0 0 24 24" {told}>{shapes}</svg>')
_HIDDEN, _NAMED = Markup('aria-hidden="true"'), Markup('role="img" aria-label="{}"')


@cache
def shapes() -> dict[str, str]:
    """What each icon consists of, by its name."""
    drawn = resources.files("tocsin.web").joinpath("static/vendor/icons.svg").read_text()
    return dict(_SYMBOL.findall(drawn)) | _OWN


@cache
def sprite() -> bytes:
    """All icons as one file."""
    drawn = resources.files("tocsin.web").joinpath("static/vendor/icons.svg").read_text()
    own = "".join(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>\n' for name, body in _OWN.items())
    return drawn.replace("</svg>", own + "</svg>").encode()


@lru_cache(5000, typed=True)  # markup is no plain text
def icon(address: str, name: str, label: str = "", more: str = "") -> Markup:
    """An icon that refers to the file at `address`. Without a label it is decoration, which nobody hears of."""
    if name not in shapes():
        raise KeyError(f"there is no icon {name}: frontend/icons.txt names those that there are")
    return _drawn(Markup('<use href="{}#{}"/>').format(address, name), label, more)


def inline(name: str, label: str = "", more: str = "") -> Markup:
    """The same with its shapes in the page itself, for pages that may load nothing else."""
    return _drawn(Markup(shapes()[name]), label, more)  # noqa: S704  (ours, and those of the build)


def _drawn(body: Markup, label: str, more: str) -> Markup:
    told = _NAMED.format(label) if label else _HIDDEN
    return _ELEMENT.format(more=f" {more}" if more else "", told=told, shapes=body)
