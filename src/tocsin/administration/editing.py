"""Things that are edited have versions: a change by somebody who says which version they have seen is refused where it
has another by now, so that nobody overwrites in silence what somebody else has written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from tocsin.core import ids
from tocsin.core.errors import NotFound, Outdated
from tocsin.core.wording import say
from tocsin.ledger import versions
from tocsin.people.permissions import Permission, Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

T = TypeVar("T")
HEADER = "If-Match"
_SECRETS = frozenset({"credential", "password"})  # are not shown again, not even to whoever sent them


class Editable(NamedTuple):
    """A kind of thing that is edited. `shown`: one of them by its name, as this viewer may see it, with its `id`;
    NotFound where there is none. `read`: what it takes to see it. `made`: whether a change makes what there is not.
    """

    noun: str
    shown: Callable[[Installation, Tx, Viewer, str], dict[str, Any]]
    read: Permission = "people.read"
    made: bool = False


class Edit(NamedTuple):
    """A change by somebody who may have said which version they have seen. `known`: those that they accept; None: any,
    empty: any that there is."""

    here: Installation
    who: Viewer
    known: frozenset[int] | None

    def carry_out(self, kind: Editable, name: str, said: Mapping[str, Any], write: Callable[[Tx], T]) -> T:
        """What `write` returns, in a transaction in which the thing still has a version that is accepted. Outdated,
        with what was sent (`said`) and what is there now, where it has another."""

        def job(tx: Tx) -> T:
            if self.known is not None:
                self._require(tx, kind, name, said)
            return write(tx)

        return self.here.writer.write(job)

    def _require(self, tx: Tx, kind: Editable, name: str, said: Mapping[str, Any]) -> None:
        current, version = _current(self, tx, kind, name)
        if version and (not self.known or version in self.known):
            return
        raise Outdated(
            say("the {thing} has changed since", thing=kind.noun)
            if version
            else say("there is no such {thing}", thing=kind.noun),
            place=HEADER,
            expected=say('"{version}", once you have looked at what it is now', version=version)
            if version
            else say("no {header}", header=HEADER),
            version=version or None,
            yours={name: value for name, value in said.items() if name not in _SECRETS},
            current=current if self.who.may(kind.read) else None,
        )


def _current(edit: Edit, tx: Tx, kind: Editable, name: str) -> tuple[dict[str, Any] | None, int]:
    """The thing as it is now, and its version, which stays until the transaction ends; None and 0 for none."""
    try:
        thing = ids.from_text(kind.shown(edit.here, tx, edit.who, name)["id"])
    except NotFound:
        if not kind.made:
            raise
        return None, 0
    version = versions.held(tx, thing)
    return stamped(tx, [kind.shown(edit.here, tx, edit.who, name)])[0], version


def stamped(tx: Tx, shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Things as they are shown, each with its version; by `id`."""
    known = versions.of(tx, [ids.from_text(one["id"]) for one in shown])
    return [one | {"version": known.get(ids.from_text(one["id"]))} for one in shown]


def found(here: Installation, tx: Tx, who: Viewer, kind: Editable, name: str) -> dict[str, Any]:
    """One thing as it is now, with its version. NotFound where there is none."""
    return stamped(tx, [kind.shown(here, tx, who, name)])[0]
