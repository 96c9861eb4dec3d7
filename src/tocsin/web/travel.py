"""Back in time: the instant that a page is asked for, from its address or its slider."""

from datetime import datetime

from tocsin.cases.asof import states
from tocsin.clocks import zone as zones
from tocsin.core import instants
from tocsin.core.clock import MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.people.sessions import Session

FARTHEST = 24 * 60  # minutes that the slider leads back; farther by the date


def instant(signed: Session, as_of: str, zone: str, back: int, now: int) -> int | None:
    """The instant, None for now. `as_of`: as the API has it, or a wall time in `zone`, where that is said, else in the
    reader's; `back`: minutes ago, where that is left out. InvalidInput for what is no instant, or not over."""
    if as_of.strip():
        return states.require_past(read(as_of.strip(), zone or signed.zone or "UTC"), now)
    return now - back * MINUTE if back > 0 else None


def read(text: str, name: str, place: str = "as_of") -> int:
    """An instant as the API has it, or as a wall time in the zone of this name. InvalidInput for anything else."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        expected = say("RFC 3339, such as 2026-11-22T09:30:00Z")
        raise InvalidInput(
            say("{given} is not an instant", given=repr(text[:40])), place=place, expected=expected
        ) from None
    return zones.instant_of_wall(wall, zones.load(name)) if wall.tzinfo is None else instants.from_text(text, place)
