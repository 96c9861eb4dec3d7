"""A backtest as a page."""

from tocsin.cli.backtest.run import Done


def render(done: Done) -> str:
    return str(done.file)
