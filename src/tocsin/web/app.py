"""The pages for people, and the files that they share."""

from fastapi import APIRouter

from tocsin.web import assets, places, streaming

router = APIRouter(include_in_schema=False)
for each in {id(module.router): module.router for module in (assets, streaming, *places.served())}.values():
    router.include_router(each)
