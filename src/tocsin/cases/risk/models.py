"""What was learnt of the risk of cases, version by version: the weights, the likelihoods of cases that escalated, by
which the line is drawn, and how it has held since."""

from typing import NamedTuple

import msgspec

from tocsin.detection.risk.estimate import Fitted
from tocsin.detection.risk.guarantee import Following, line
from tocsin.storage.transaction import Tx

KEPT = 20  # versions
_COLUMNS = "version, learnt_at, cases, escalated, base, weights, known, promised, aim, missed, seen"


class RiskModel(NamedTuple):
    """`cases`, `escalated`: it was learnt of; `weights` empty: they were too few. `known`: likelihoods of further cases
    that escalated. `promised`: the share that may be missed; `following`: how the line has held."""

    version: int
    learnt_at: int
    cases: int
    escalated: int
    base: float
    weights: tuple[float, ...]
    known: tuple[float, ...]
    promised: float
    following: Following

    @property
    def fitted(self) -> Fitted:
        return Fitted(self.base, self.weights)

    @property
    def line(self) -> float:
        """The likelihood from which on a case is shown."""
        return line(self.known, self.following.aim)


def newest(tx: Tx) -> RiskModel | None:
    """What was learnt last; None where nothing ever was."""
    row = tx.row(f"SELECT {_COLUMNS} FROM risk_models ORDER BY version DESC LIMIT 1")
    if row is None:
        return None
    version, learnt_at, cases, escalated, base, weights, known, promised, aim, missed, seen = row
    read = msgspec.json.Decoder(tuple[float, ...]).decode
    return RiskModel(
        version,
        learnt_at,
        cases,
        escalated,
        base,
        read(weights),
        read(known),
        promised,
        Following(aim, missed, seen),
    )


def keep(tx: Tx, model: RiskModel) -> None:
    """Keep a new version, and forget old ones of which no estimate is left."""
    write = msgspec.json.encode
    tx.run(
        f"INSERT INTO risk_models ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*model[:5], write(model.weights).decode(), write(model.known).decode(), model.promised, *model.following),
    )
    tx.run(
        "DELETE FROM risk_models WHERE version <= ? AND version NOT IN (SELECT model FROM risks)",
        (model.version - KEPT,),
    )


def follow(tx: Tx, model: RiskModel, following: Following) -> None:
    """Write down how the line has held."""
    tx.run("UPDATE risk_models SET aim = ?, missed = ?, seen = ? WHERE version = ?", (*following, model.version))
