"""Versions of what is edited: shown with it as `version` and `ETag`, asked for by `If-Match` when it is changed. So
nobody overwrites what somebody else has changed since they looked."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Header
from fastapi.responses import Response
from pydantic import BaseModel

from tocsin.api.access import Here, Who, json
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound, Outdated
from tocsin.core.wording import say
from tocsin.ledger import versions
from tocsin.people.permissions import Permission, Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

T = TypeVar("T")
HEADER = "If-Match"
_TAG = re.compile(r'(?:W/)?"(\d{1,18})"')
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

    def carry_out(self, kind: Editable, name: str, said: BaseModel | Mapping[str, Any], write: Callable[[Tx], T]) -> T:
        """What `write` returns, in a transaction in which the thing still has a version that is accepted. Outdated,
        with what was sent and what is there now, where it has another."""

        def job(tx: Tx) -> T:
            if self.known is not None:
                self._require(tx, kind, name, said)
            return write(tx)

        return self.here.writer.write(job)

    def _require(self, tx: Tx, kind: Editable, name: str, said: BaseModel | Mapping[str, Any]) -> None:
        current, version = _current(self, tx, kind, name)
        if version and (not self.known or version in self.known):
            return
        yours = said.model_dump(exclude_unset=True) if isinstance(said, BaseModel) else dict(said)
        raise Outdated(
            say("the {thing} has changed since", thing=kind.noun)
            if version
            else say("there is no such {thing}", thing=kind.noun),
            place=HEADER,
            expected=say('"{version}", once you have looked at what it is now', version=version)
            if version
            else say("no {header}", header=HEADER),
            version=version or None,
            yours={name: value for name, value in yours.items() if name not in _SECRETS},
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


def _edit(
    here: Here,
    who: Who,
    seen: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=1000,
            description="The `ETag` of what you have seen. The change is refused with 412 where it has another now;"
            " without it nothing is compared. `*` asks that it exists",
        ),
    ] = None,
) -> Edit:
    return Edit(here, who, None if seen is None else _read(seen))


Match = Annotated[Edit, Depends(_edit)]


def _read(text: str) -> frozenset[int]:
    parts = [] if text.strip() == "*" else text.split(",")
    found = [_TAG.fullmatch(part.strip()) for part in parts]
    if not all(found):
        raise InvalidInput(
            say("this is no version"), place=HEADER, expected=say('the `ETag` of an answer, such as "3"')
        )
    return frozenset(int(tag[1]) for tag in found if tag is not None)


def stamped(tx: Tx, shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Things as they are shown, each with its version; by `id`."""
    known = versions.of(tx, [ids.from_text(one["id"]) for one in shown])
    return [one | {"version": known.get(ids.from_text(one["id"]))} for one in shown]


def answer(here: Installation, who: Viewer, kind: Editable, name: str) -> Response:
    """One thing as it is now, with its version."""
    with here.database.reading(here.clock.now()) as tx:
        [found] = stamped(tx, [kind.shown(here, tx, who, name)])
    return tagged(found)


def tagged(found: dict[str, Any]) -> Response:
    """The answer with a thing, which has its version."""
    response = json(found)
    response.headers["etag"] = f'"{found["version"]}"'
    return response
