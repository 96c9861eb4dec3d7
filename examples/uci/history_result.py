"""What a run of the history found."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from examples.uci.proof import Proof

from tocsin.cli import replay
from tocsin.insight.figures import Figures
from tocsin.intake.history import History
from tocsin.intake.replaying import Report


@dataclass
class Result:
    """All of a run. `matrix`: incidents by the desk's word (kept or not) and the resolve clock's."""

    dialect: str
    told: History
    report: Report
    found: Figures
    matrix: Counter[tuple[bool, bool]]
    proof: Proof
    seconds: float
    cpu: float

    def values(self) -> dict[str, Any]:
        return {
            "ok": not self.proof.failures,
            "database": self.dialect,
            **replay.summary(self.told, self.report),
            **self.found.values(),
            "made_sla": [
                {"desk": desk, "clock": clock, "incidents": count} for (desk, clock), count in self.matrix.items()
            ],
            "checked": self.proof.checked,
            "failures": self.proof.failures,
            "seconds_in_all": round(self.seconds, 1),
            "processor_seconds": round(self.cpu, 1),
        }
