"""`/static/...`: style sheets and scripts, our own and those that the build took from npm's registry."""

from functools import cache
from hashlib import sha256
from importlib import resources
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.core.errors import NotFound
from tocsin.core.wording import say

router = APIRouter()
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Asset(NamedTuple):
    body: bytes
    type: str
    version: str


@router.get("/static/{path:path}")
async def static(path: str, v: str = "") -> Response:
    found = _all().get(path)
    if found is None:
        raise NotFound(say("there is no such file"))
    kept = "public, max-age=31536000, immutable" if v == found.version else "public, max-age=3600"
    headers = {"cache-control": kept, "x-content-type-options": "nosniff"}
    return Response(found.body, media_type=found.type, headers=headers)


def address(path: str) -> str:
    """Where a file is, by a name that changes with its content."""
    found = _all().get(path)
    return f"/static/{path}" + (f"?v={found.version}" if found else "")


@cache
def _all() -> dict[str, Asset]:
    folder = resources.files("tocsin.web").joinpath("static")
    found = {}
    for below in ("", "vendor"):
        place = folder.joinpath(below) if below else folder
        for file in place.iterdir() if place.is_dir() else ():
            kind = _TYPES.get(file.name.rpartition(".")[2])
            if kind is not None and file.is_file():
                body = file.read_bytes()
                path = f"{below}/{file.name}" if below else file.name
                found[path] = Asset(body, kind, sha256(body).hexdigest()[:12])
    return found
