"""The pages for people, and the files that they share."""

from fastapi import APIRouter
from starlette.routing import BaseRoute

from tocsin.web import assets, places, streaming


def _filled(route: BaseRoute) -> tuple[bool, ...]:
    """Which parts of its address a name fills."""
    return tuple(part.startswith("{") for part in getattr(route, "path", "").split("/"))


router = APIRouter(include_in_schema=False)
_routers = {id(module.router): module.router for module in (assets, streaming, *places.served())}
# What is written out comes before what a name fills, as `/accounts/new` before `/accounts/{account}`.
for each in sorted(_routers.values(), key=lambda router: min(map(_filled, router.routes))):
    router.include_router(each)
