"""The verbs of cases as resources below them, one file a subject."""

from fastapi import APIRouter

from tocsin.api.verbs import attention, closing, company, owning, telling, timing

router = APIRouter(tags=["cases"])
for module in (owning, attention, closing, timing, company, telling):
    router.include_router(module.router)
