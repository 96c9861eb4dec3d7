"""Events as sentences: how each kind reads in a timeline or a list of changes, with what is in its payload. For every
face."""

from typing import Any

from tocsin.clocks import moments
from tocsin.clocks.moments import Say
from tocsin.core import texts
from tocsin.events import KINDS
from tocsin.sentences import administered, engine, people

_TELLING = engine.TELLING | people.TELLING | administered.TELLING


def sentence(event: dict[str, Any], say: Say = moments.utc) -> str:
    """An event in words; of a kind that has none here, what that kind says. `say`: how instants are said to whoever
    reads it. `people` of an event, which may be absent: names of users by id, for those that its payload has by id."""
    kind, payload = event["kind"], event["payload"]
    telling = _TELLING.get(kind)
    if payload is not None and telling is not None:
        payload = {name: texts.isolated(value) if isinstance(value, str) else value for name, value in payload.items()}
        return telling(payload | {"people": event["people"]} if "people" in event else payload, say)
    says = KINDS[kind].says if kind in KINDS else kind
    return f"{says} (the content was erased)" if payload is None else says
