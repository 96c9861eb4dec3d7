"""Real incidents of a service desk in a backtest: its severities are those of the desk's own priority matrix."""

from collections import Counter
from pathlib import Path

from examples.uci import run as uci

from tocsin.intake.csv_history import csv_history
from tocsin.policy.backtest import backtest
from tocsin.policy.compiled import compile_policy
from tocsin.policy.document import parse


def test_the_first_rows_come_out_as_the_matrix_says(shared_data: Path) -> None:
    incidents = shared_data / uci.INCIDENTS
    severity, proof = uci.matrix(shared_data / uci.MATRIX), uci.Proof()
    told = uci.told(incidents, severity, proof)
    expected = Counter(severity[story[0]] for story in told.values())
    policy = compile_policy(parse((uci.HERE / "policy.yaml").read_text()))
    with csv_history(incidents, uci.mapping()) as history:
        summary = backtest(policy, history.cases, 0).summary
    assert summary.cases == len(told) == 15_000
    assert Counter(summary.counts["severity"]) == expected
    assert not history.outcome.refused
    assert summary.counts["level"]["senior"] == expected["critical"]
