"""Real incidents of a service desk in a backtest: its severities are those of the desk's own priority matrix."""

from collections import Counter
from pathlib import Path

from examples.uci import dataset
from examples.uci.proof import Proof
from examples.uci.run import told as told_by

from tocsin.intake.csv_history import csv_history
from tocsin.policy import starters
from tocsin.policy.backtest import backtest
from tocsin.policy.compiled import compile_policy
from tocsin.policy.document import parse


def test_the_first_rows_come_out_as_the_matrix_says(shared_data: Path) -> None:
    incidents = shared_data / dataset.INCIDENTS
    severity, proof = dataset.matrix(shared_data / dataset.MATRIX), Proof()
    told = told_by(incidents, severity, proof)
    expected = Counter(severity[story[0]] for story in told.values())
    policy = compile_policy(parse((dataset.HERE / "policy.yaml").read_text()))
    with csv_history(incidents, dataset.mapping()) as history:
        summary = backtest(policy, history.cases, 0).summary
    assert summary.cases == len(told) > 0
    assert Counter(summary.counts["severity"]) == expected
    assert not history.outcome.refused
    assert summary.counts["level"]["senior"] == expected["critical"]


def test_triage_asks_about_few_of_them(shared_data: Path) -> None:
    policy = compile_policy(parse(starters.text("it-service-desk")))
    with csv_history(shared_data / dataset.INCIDENTS, dataset.mapping()) as history:
        asked = backtest(policy, history.cases, 0).summary.asked
    assert 0 < asked.share < 0.05
    assert asked.by["triage.untyped-high"] > 0
