"""The pages for people, and the files that they share."""

from fastapi import APIRouter

from tocsin.web import assets, places, streaming

router = APIRouter(include_in_schema=False)
for module in (assets, streaming, *places.modules()):
    if hasattr(module, "router"):
        router.include_router(module.router)
