"""What every kind of event of a case says of itself, beside its fields and its words."""

from typing import Any, ClassVar, NamedTuple, Self

from tocsin.cases.aggregate import Aggregate, Case
from tocsin.ledger.kinds import Happening

CLOCKS, ESCALATIONS, CALLS = "clocks", "escalations", "calls"
PARTS = frozenset({CLOCKS, ESCALATIONS, CALLS})


class Lost(NamedTuple):
    """What an event whose payload was erased leaves unknown: names of the case's columns, and of its
    parts: `clocks`, `escalations`, `calls`. `blank`: the fields that stand for the payload, where the rest of what it
    means counts."""

    names: frozenset[str]
    blank: dict[str, Any] | None = None


def lost(*names: str, **blank: Any) -> Lost:
    return Lost(frozenset(names), blank or None)


EVERYTHING = Lost(frozenset(Case.__struct_fields__) - {"id", "opened_at", "updated_at"} | PARTS)
NOTHING = Lost(frozenset(), {})


class CaseEvent(Happening):
    """An event of a case. `apply` is the only code that says what it means for the case: verbs use it to change what is
    stored, the audit to rebuild a case from the journal. It computes nothing: times that follow from a policy or a
    calendar stand in the event."""

    WORK: ClassVar[bool] = False  # done by a person or a token, it shows that somebody works on the case
    FOLLOWED: ClassVar[bool] = False  # the people of a case that follows this one have to do with it too
    OBJECTS: ClassVar[bool] = False  # somebody outside says it, by which a claim that waits may be wrong
    CHANGE: ClassVar[bool] = True  # the case counts as changed when it happened
    NAMES: ClassVar[str | None] = None  # the field that names another case
    LOSES: ClassVar[Lost] = EVERYTHING

    def apply(self, state: Aggregate, at: int) -> None:
        """Change the state. Here for kinds that leave it as it is."""

    def lets_go(self) -> bool:
        """Whether those that followed the case speak for themselves again."""
        return False

    def followed(self) -> bool:
        """Whether a case that follows this one hears of it."""
        return self.FOLLOWED or self.lets_go()

    @classmethod
    def changes(cls) -> bool:
        """Whether what such events say changes the case."""
        return cls.apply is not CaseEvent.apply

    @classmethod
    def blank(cls) -> Self | None:
        """What stands for a payload that was erased; None where nothing of it can be applied."""
        return None if cls.LOSES.blank is None else cls.of(cls.LOSES.blank)
