"""`/static/...`: style sheets, scripts and icons: our own, bundled from the parts in which they stand, and those that
the build took from npm's registry. Each is kept compressed, and under a name that changes with its content."""

import gzip
import re
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.web.drawing import icons

router = APIRouter()
_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}

# What every page needs, what some need besides, and what stands alone; each of its parts in order.
SHEETS = {
    "app.css": ("tokens", "ground", "shell", "controls", "signs", "rows", "case", "charts"),
    "bare.css": ("tokens", "ground", "controls", "signs", "bare"),
    "more.css": ("roster", "customers", "settings", "policy", "start"),
    "wall.css": ("wall",),
}
SCRIPTS = {
    "app.js": ("page", "time", "live", "keys", "acts", "steady", "sending", "palette"),
    "night.js": ("sending", "night"),
    "worker.js": ("worker",),
}
# In one file with ours: htmx looks at the page as soon as the browser has nothing else to do, thus, of files that come
# one by one, before its extension is there.
_BEFORE = {"app.js": ("htmx.min", "hx-sse.min")}


class Asset(NamedTuple):
    body: bytes
    packed: bytes
    type: str
    version: str


@router.get("/static/{path:path}")
async def static(request: Request, path: str, v: str = "") -> Response:
    found = _all().get(path)
    if found is None:
        raise NotFound(say("there is no such file"))
    kept = "public, max-age=31536000, immutable" if v == found.version else "public, max-age=3600"
    headers = {"cache-control": kept, "x-content-type-options": "nosniff", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.type, headers=headers | {"content-encoding": "gzip"})
    return Response(found.body, media_type=found.type, headers=headers)


def address(path: str) -> str:
    """Where a file is, by a name that changes with its content."""
    found = _all().get(path)
    return f"/static/{path}" + (f"?v={found.version}" if found else "")


def body(path: str) -> bytes:
    """What a file holds."""
    return _all()[path].body


def packed(path: str) -> int:
    """How many bytes of a file travel."""
    return len(_all()[path].packed)


def compact(sheet: str) -> str:
    """A style sheet without comments, and without the space that no browser needs."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    bare = re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", bare)).replace(";}", "}")
    return re.sub(r"(?<=[\w)-]): ", ":", bare).strip() + "\n"


def bare(script: str) -> str:
    """A script of ours without what only its readers need: comments of whole lines, empty lines, and indents. No text
    in one goes over two lines."""
    lines = (line.strip() for line in script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


@cache
def _all() -> dict[str, Asset]:
    folder = resources.files("tocsin.web").joinpath("static")
    found = {"icons.svg": icons.sprite()}
    for name, parts in SHEETS.items():
        found[name] = compact("".join((folder / "css" / f"{part}.css").read_text() for part in parts)).encode()
    for name, parts in SCRIPTS.items():
        before = "".join((folder / "vendor" / f"{part}.js").read_text() + ";\n" for part in _BEFORE.get(name, ()))
        body = bare("".join((folder / "js" / f"{part}.js").read_text() for part in parts))
        found[name] = f'{before}(() => {{\n"use strict";\n{body}}})();\n'.encode()
    for file in folder.iterdir():
        if file.is_file() and file.name.rpartition(".")[2] in _TYPES and file.name not in found:
            found[file.name] = file.read_bytes()
    return {name: _asset(name, body) for name, body in found.items()}


def _asset(name: str, body: bytes) -> Asset:
    kind = _TYPES[name.rpartition(".")[2]]
    return Asset(body, gzip.compress(body, 9, mtime=0), kind, sha256(body).hexdigest()[:12])
