"""Many cases like each other at once: one of them pages for all."""

from tocsin.cases.happenings.base import NOTHING, CaseEvent
from tocsin.cases.happenings.parts import other
from tocsin.clocks import saying
from tocsin.core.wording import Instant, Number, Said, say


class JoinedStorm(CaseEvent):
    """`alike`: the product area and type; `amount`: of escalations `within` a time, from which on cases join; `policy`:
    the version that says so; `case`, `number`: which pages for all."""

    KIND, TITLE = "case.joined_storm", "It joined a storm: one case like it pages for all"
    NAMES = "case"
    LOSES = NOTHING

    alike: str
    amount: int
    within: str
    policy: int
    case: str
    number: int

    def reads(self) -> Said:
        return say(
            "a storm: {amount} others of {of} were escalated within {span}; {case} pages for all"
            " (rule storm, version {version})",
            amount=Number(self.amount),
            of=self.alike,
            span=saying.duration(self.within),
            case=other(self.number),
            version=self.policy,
        )


class StormBegun(CaseEvent):
    KIND, TITLE = "case.storm_began", "A storm began: further cases like it join it"
    LOSES = NOTHING

    alike: str
    amount: int
    within: str
    policy: int

    def reads(self) -> Said:
        return say(
            "a storm: after {amount} escalations of {of} within {span}, it pages for all further ones"
            " (rule storm, version {version})",
            amount=Number(self.amount),
            of=self.alike,
            span=saying.duration(self.within),
            version=self.policy,
        )


class StormOver(CaseEvent):
    """`joined`: how many cases; `began_at`, `last_at`: the first and the last of them."""

    KIND, TITLE = "case.storm_over", "A storm is over: no further case like it came"
    LOSES = NOTHING

    joined: int
    began_at: int
    last_at: int

    def reads(self) -> Said:
        return say(
            "the storm is over: cases that joined it: {amount}, from {first} to {last}",
            amount=Number(self.joined),
            first=Instant(self.began_at),
            last=Instant(self.last_at),
        )
