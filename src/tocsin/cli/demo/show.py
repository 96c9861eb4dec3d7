"""The demonstration from the first line to the last."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tocsin.cli.demo import company
from tocsin.cli.demo.play import Play
from tocsin.cli.demo.stage import Stage, stage
from tocsin.cli.demo.story import Story
from tocsin.cli.demo.summary import DemoFigures, print_summary, speed_of
from tocsin.cli.output import terminal
from tocsin.core import logging
from tocsin.core.clock import stopwatch


def show(port: int, speed: float, seconds: float | None) -> None:
    """Set the stage, play until the time is over or somebody ends it, and tell what became of it."""
    logging.configure("ERROR", json=False)
    console = terminal()
    begun = stopwatch()
    stopped = False

    def stop(*_: Any) -> None:
        nonlocal stopped
        stopped = True

    def over() -> bool:
        return stopped or (seconds is not None and stopwatch() - begun >= seconds)

    with _heard(stop), _waiting(console), contextlib.ExitStack() as closing:
        scene = closing.enter_context(stage(port, speed))
        _head(console, scene, speed, seconds)
        begun = stopwatch()
        story = Story(console, scene.zone)
        play = Play(scene, story)
        with _status(console) as say:
            play.run(over, say)
        console.print()
        print_summary(console, DemoFigures.ask(scene))
    _next(console)
    console.print(f"\n[bold]{speed_of(play.first_pages)}[/bold]", highlight=False)


def _head(console: Console, scene: Stage, speed: float, seconds: float | None) -> None:
    end = "Ctrl-C ends it" if seconds is None else f"ends after {seconds:g} s"
    pace = "in real time" if speed == 1 else f"{speed:g}x real time"
    console.print(f"[bold]Tocsin[/bold]  a day at {company.NAME}, {company.BUSINESS}; {pace}", highlight=False)
    for what, lines in _tour(scene).items():
        for first, line in zip([what, *[""] * len(lines)], lines, strict=False):
            console.print(f"[dim]{first:<5}[/dim]{line}", soft_wrap=True, highlight=False)
    console.print(f"[dim]{end}[/dim]\n", highlight=False)


def _tour(scene: Stage) -> dict[str, list[str]]:
    """What to look at, and what to try."""
    return {
        "open": [
            f"[bold cyan]{scene.url}[/bold cyan]  as mara (senior), ana (agent) or ruth (lead)",
            f"password [bold]{company.PASSWORD}[/bold]; also omar (account owner), nora (committee)",
        ],
        "look": [
            "Now: who waits for an answer, how long, what work is planned; it moves",
            "case #2: why it is executive, bar by bar, and what would change that",
            "HD-1012, the crew app: nobody answers its pages, so targets are missed",
            f"times below are played, in {scene.zone.key}; the pages show your own",
        ],
        "try": [
            "as mara, acknowledge HD-1012; soon HD-1008 waits to be confirmed",
            f"[cyan]export TOCSIN_URL={scene.url}[/cyan]",
            f"[cyan]export TOCSIN_TOKEN={scene.tokens['admin']}[/cyan]",
            "[cyan]tocsin case open 'Checkout is down' --users-affected 800[/cyan]",
        ],
    }


def _next(console: Console) -> None:
    console.print("\n[dim]the server has ended and its database is gone; to set up one that stays:[/dim]")
    for line, what in (
        ("tocsin init", "a database, an administrator, a token"),
        ("tocsin serve", "the API and every loop"),
        ("tocsin policy show > policy.yaml", "the rules that decided here, to make them yours"),
    ):
        console.print(f"  [cyan]{line:<34}[/cyan][dim]{what}[/dim]")


@contextlib.contextmanager
def _status(console: Console) -> Iterator[Callable[[str], None]]:
    """A line below the story, on a terminal."""
    if not console.is_terminal:
        yield lambda text: None
        return
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield lambda text: live.update(Text(text, style="dim"))


@contextlib.contextmanager
def _waiting(console: Console) -> Iterator[None]:
    if console.is_terminal:
        console.print("[dim]setting the stage …[/dim]", end="\r")
    yield


@contextlib.contextmanager
def _heard(stop: Callable[..., None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the play, not the process."""
    before = {kind: signal.signal(kind, stop) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
