"""The pages for people, and the style sheet that they share."""

from functools import cache
from importlib import resources

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.web import acknowledging

router = APIRouter(include_in_schema=False)
router.include_router(acknowledging.router)


@router.get("/static/tocsin.css")
async def style() -> Response:
    headers = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}
    return Response(_style(), media_type="text/css", headers=headers)


@cache
def _style() -> bytes:
    return resources.files("tocsin.web").joinpath("static", "tocsin.css").read_bytes()
