"""The pages for people, and the files that they share."""

from fastapi import APIRouter

from tocsin.web import acknowledging, assets, casepage, finding, now, reference, signing, streaming

router = APIRouter(include_in_schema=False)
for module in (acknowledging, assets, signing, now, finding, casepage, streaming, reference):
    router.include_router(module.router)
