"""The pages for people, and the files that they share."""

from fastapi import APIRouter

from tocsin.web import acknowledging, assets, casepage, finding, now, signing, streaming

router = APIRouter(include_in_schema=False)
for module in (acknowledging, assets, signing, now, finding, casepage, streaming):
    router.include_router(module.router)
