"""What both runs prove of a database, and how they count it."""

from dataclasses import dataclass, field

from tocsin import audit
from tocsin.cases.record import replay
from tocsin.storage.transaction import Tx


@dataclass
class Proof:
    """What was checked, how often, and where it failed."""

    checked: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def check(self, what: str, holds: bool, failure: str, *, of: int = 1) -> None:
        """`of`: how many things this one check is about."""
        self.checked[what] = self.checked.get(what, 0) + of
        if not holds:
            self.failures.append(f"{what}: {failure}")


def prove_record(tx: Tx, secret: str, proof: Proof) -> None:
    """`tocsin audit verify` and `tocsin audit replay`."""
    verified = audit.Report()
    findings = list(audit.verify(tx, audit.Keys.of(secret), verified))
    proof.check("audit verify: events in sound chains", not findings, str(findings[:3]), of=verified.tally.events)
    proof.check("audit verify: every chain signed", not verified.tally.open, str(verified.tally))
    replayed = replay.Replay()
    different = list(replay.replay(tx, replayed, lambda done: None))
    equal = sum(outcome.equal for outcome in replayed.engines.values())
    proof.check("audit replay: decided again, byte for byte", not different, str(different[:3]), of=equal)
