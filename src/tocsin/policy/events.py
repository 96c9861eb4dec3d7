"""The kinds of events of the policy."""

from sys import modules

from tocsin.core.wording import Instant, Said, marked, say
from tocsin.ledger.kinds import Happening, declared_by


class Stored(Happening):
    KIND, TITLE = "policy.stored", "A version of the policy was written"

    version: int
    name: str
    digest: str
    created_at: int

    def reads(self) -> Said:
        return say("version {version} of the policy was written: {name}", version=self.version, name=self.name)


class Activated(Happening):
    KIND, TITLE = "policy.activated", "A version of the policy was put in force"

    activation: str
    version: int
    digest: str
    effective_at: int
    reason: str

    def reads(self) -> Said:
        text = marked("version {version} of the policy is in force from {time}{why}")
        return say(text, version=self.version, time=Instant(self.effective_at), why=_because(self.reason))


class Reverted(Happening):
    KIND, TITLE = "policy.reverted", "An activation was withdrawn"

    activation: str
    version: int
    reason: str

    def reads(self) -> Said:
        text = marked("version {version} of the policy was withdrawn{why}")
        return say(text, version=self.version, why=_because(self.reason))


def _because(reason: str | None) -> Said | str:
    return say(": {reason}", reason=reason) if reason else ""


EVENTS = declared_by(modules[__name__])
