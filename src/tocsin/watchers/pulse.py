"""Which loops of this process make progress: each says so after every round that did not fail."""

from dataclasses import dataclass, field

from tocsin.core.clock import SECOND

STALE = 30 * SECOND


@dataclass(slots=True)
class Pulse:
    """Last beat of each loop by name, in microseconds."""

    _beats: dict[str, int] = field(default_factory=dict)

    def beat(self, loop: str, now: int) -> None:
        self._beats[loop] = now

    def stuck(self, now: int) -> list[str]:
        """The loops that have not got round for 30 seconds."""
        return sorted(loop for loop, at in self._beats.items() if now - at > STALE)

    def ages(self, now: int) -> dict[str, float]:
        """Seconds since each loop's last round."""
        return {loop: round((now - at) / SECOND, 3) for loop, at in sorted(self._beats.items())}
