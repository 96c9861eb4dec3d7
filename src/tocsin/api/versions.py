"""Versions of what is edited, in HTTP: shown with it as `version` and `ETag`, asked for by `If-Match` in a change."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.responses import Response

from tocsin.administration.editing import HEADER, Edit, Editable, found
from tocsin.api.access import Here, Who, json
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation

_TAG = re.compile(r'(?:W/)?"(\d{1,18})"')


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
    tags = [_TAG.fullmatch(part.strip()) for part in parts]
    if not all(tags):
        raise InvalidInput(
            say("this is no version"), place=HEADER, expected=say('the `ETag` of an answer, such as "3"')
        )
    return frozenset(int(tag[1]) for tag in tags if tag is not None)


def answer(here: Installation, who: Viewer, kind: Editable, name: str) -> Response:
    """One thing as it is now, with its version."""
    with here.database.reading(here.clock.now()) as tx:
        shown = found(here, tx, who, kind, name)
    return tagged(shown)


def tagged(shown: dict[str, Any]) -> Response:
    """The answer with a thing, which has its version."""
    response = json(shown)
    response.headers["etag"] = f'"{shown["version"]}"'
    return response
