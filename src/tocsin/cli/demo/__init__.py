"""`tocsin demo`: a believable company in a database to throw away, live in the terminal."""

import sys
from typing import Annotated

import typer

SPEED = 20.0  # so that whoever looks has minutes for what stands, and sees it move
_SHORT = 20.0


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to serve; a free one where it is taken.")] = 8000,
    speed: Annotated[
        float, typer.Option("--speed", min=0.1, max=120, help="How many times faster than real time passes.")
    ] = SPEED,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=1, help="End after so many; default: at Ctrl-C, or after 20 without a terminal."),
    ] = None,
) -> None:
    """Play a day of an invented company: its tickets come in, are decided, owned, and page people who answer or not.

    Everything is real but the company: the server, its database, the pages. Nothing is left behind.

    Example: tocsin demo --speed 120
    """
    from tocsin.cli.demo.show import show

    if seconds is None and not sys.stdout.isatty():
        seconds = _SHORT
    show(port, speed, seconds)
