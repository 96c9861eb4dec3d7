"""The kinds of events of the ledger itself."""

from sys import modules

from tocsin.core.wording import Said, say
from tocsin.ledger.kinds import Happening, declared_by


class Begun(Happening):
    """In the installation's own chain, so that not even all checkpoints can vanish unnoticed."""

    KIND, TITLE = "checkpoints.begun", "From here on checkpoints cover the record"


class Erased(Happening):
    """`events`: their numbers in the chain."""

    KIND, TITLE = "payload.erased", "Payloads of earlier events were erased"

    events: list[int]
    reason: str | None

    def reads(self) -> Said:
        why = say(": {reason}", reason=self.reason) if self.reason else ""
        return say("the content of earlier events was erased{why}", why=why)


EVENTS = declared_by(modules[__name__])
