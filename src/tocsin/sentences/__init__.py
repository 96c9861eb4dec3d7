"""Events of a case as sentences: how each kind reads in a timeline, with what is in its payload. For every face."""

from typing import Any

from tocsin.clocks import moments
from tocsin.clocks.moments import Say
from tocsin.events import KINDS
from tocsin.sentences import engine, people

_TELLING = engine.TELLING | people.TELLING


def sentence(event: dict[str, Any], say: Say = moments.utc) -> str:
    """An event of the API's timeline in words; of a kind that has none here, what that kind says. `say`: how instants
    are said to whoever reads it."""
    kind, payload = event["kind"], event["payload"]
    telling = _TELLING.get(kind)
    if payload is not None and telling is not None:
        return telling(payload, say)
    says = KINDS[kind].says if kind in KINDS else kind
    return f"{says} (the content was erased)" if payload is None else says
