"""The places that a page can be in: what the side of every page leads to, with the keys that go there. Each page says
its own; here they are put in order."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Literal, NamedTuple

from tocsin.core.wording import marked
from tocsin.people.permissions import Permission, Viewer

Group = Literal["", "decide", "learn", "foot"]
GROUPS: dict[Group, str] = {"": "", "decide": marked("Decide"), "learn": marked("Learn"), "foot": ""}


class Place(NamedTuple):
    """Where a page stands. `rank`: its place among those of its group. `key`: what is pressed after `g` to go there.
    `phone`: whether it is one of the few at the bottom of a phone."""

    name: str
    title: str
    path: str
    icon: str
    rank: int
    key: str = ""
    group: Group = ""
    permission: Permission = "cases.read"
    phone: bool = False


def modules() -> Sequence[ModuleType]:
    """Every module of pages; one that has a `router` serves, one that has a `PLACE` is led to."""
    return [import_module(name) for name in sorted(_names("tocsin.web.pages"))]


def served() -> Sequence[ModuleType]:
    """Those of them that serve."""
    return [module for module in modules() if hasattr(module, "router")]


@cache
def places() -> tuple[Place, ...]:
    """All of them, in the order in which they are shown."""
    found = dict.fromkeys(module.PLACE for module in modules() if hasattr(module, "PLACE"))
    return tuple(sorted(found, key=lambda place: (list(GROUPS).index(place.group), place.rank)))


def of(viewer: Viewer) -> tuple[Place, ...]:
    """Those that this viewer may see."""
    return tuple(place for place in places() if viewer.may(place.permission))


def _names(package: str) -> list[str]:
    within = import_module(package)
    found = []
    for each in iter_modules(within.__path__, package + "."):
        found.append(each.name)
        if each.ispkg:
            found += _names(each.name)
    return found
