"""Surges injected among real tickets are found, with few false alarms, and better than by three standard deviations."""

from pathlib import Path

from examples.detection.run import run


def test_better_than_three_sigma_on_real_arrivals(shared_data: Path) -> None:
    found = run(shared_data, seeds=1, amount=25)
    [ours], [plain] = found["tocsin"], found["three sigma"]
    assert ours.precision >= 0.4
    assert ours.precision > 3 * plain.precision
    assert ours.recall >= plain.recall - 0.1
    assert ours.recall >= 0.75
