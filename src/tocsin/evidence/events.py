"""What stands of evidence in the history of a case: what was collected, with its digest, or why it could not be."""

from sys import modules

from tocsin.core.wording import Number, Said, say
from tocsin.ledger.kinds import Happening, declared_by


class EvidenceCollected(Happening):
    """`digest`: SHA-256 of the answer as it is kept, in hex; `size`: its bytes; `cut`: more came than is kept."""

    KIND, TITLE = "evidence.collected", "A collector fetched evidence"

    evidence: str
    collector: str
    digest: str
    size: int
    cut: bool
    policy: int

    def reads(self) -> Said:
        return say(
            "evidence by {collector}: {size} bytes",
            collector=self.collector,
            size=Number(self.size),
        )


class EvidenceFailed(Happening):
    KIND, TITLE = "evidence.failed", "A collector could not fetch evidence"

    evidence: str
    collector: str
    error: str
    policy: int

    def reads(self) -> Said:
        return say("{collector} could not fetch evidence: {error}", collector=self.collector, error=self.error)


EVENTS = declared_by(modules[__name__])
