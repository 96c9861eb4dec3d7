"""What every route of FastAPI takes: the installation, and on whose behalf it is called."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from tocsin.api import hot
from tocsin.core import canonical
from tocsin.intake.accept import Once
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation


def installation_of(request: Request) -> Installation:
    found: Installation = request.state.installation
    return found


async def viewer_of(request: Request) -> Viewer:
    return await hot.viewer_of(request, installation_of(request))


async def once_of(request: Request, viewer: Annotated[Viewer, Depends(viewer_of)]) -> Once | None:
    return hot.once_of(request, viewer, await request.body())


Here = Annotated[Installation, Depends(installation_of)]
Who = Annotated[Viewer, Depends(viewer_of)]
Again = Annotated[Once | None, Depends(once_of)]


def json(value: Any, status: int = 200) -> Response:
    """Canonical JSON; embeds what is stored as JSON already."""
    return Response(canonical.encode(value), status, media_type="application/json")
