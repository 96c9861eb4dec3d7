"""What the commands on one case share: its argument, who acts, how it is asked and what is said of the answer."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, say, when
from tocsin.core import texts

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Case = Annotated[str, typer.Argument(metavar="CASE", help="Its number, its id, or the number of its ticket.")]
Said = Callable[[Mapping[str, Any]], str]
"""What is true of a case now, of what was sent and what the case says."""


class Command(NamedTuple):
    """A command: its name, its function (whose docstring is the help), and an example."""

    name: str
    run: Callable[..., None]
    example: str


def add(app: typer.Typer, *commands: Command) -> None:
    for command in commands:
        app.command(command.name, epilog=f"Example: tocsin case {command.example}")(command.run)


class Act(NamedTuple):
    """One use of a verb: its name, the case, the resource below it, and how the answer is shown."""

    doing: str
    case: str
    resource: str
    acting: str | None
    json: bool

    def send(self, said: Said, **body: Any) -> None:
        """Do it, and say so."""
        with access.writing(f"case {self.doing}", self.acting) as api:
            done = api.post(f"/cases/{access.part(self.case)}/{self.resource}", body)
        if self.json:
            print_json(done)
        else:
            say(f"case {done['number']} {_told(said, done, body)}: {summary(done)}")
            tell_others(self.case, done)


def tell_others(reference: str, case: dict[str, Any]) -> None:
    """That other cases have a ticket called so, where there are some."""
    others = " and ".join(f"#{number}" for number in case.get("also", ()))
    if others:
        access.note(f"{reference} means case {case['number']}; it is also the number of the ticket of {others}")


def _told(said: Said, case: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """What is said of the case; of one that whoever asks may not see, nothing that would have to be read off it."""
    times = {name: when(value) for name, value in case.items() if name.endswith(("_at", "_until")) and value}
    try:
        return said({**case, **times, **body})
    except KeyError:
        return "is changed"


def summary(case: dict[str, Any]) -> str:
    """What a case is now, in a few words; little of one that whoever asks may not see."""
    if "level" not in case:
        return f"{case['state']}, confidential" if case["confidential"] else str(case["state"])
    owner = f"owned by {case['owner']}" if case["owner"] else "owned by nobody yet"
    return f"{case['level']}, {case['severity']}, {case['state']}, {owner}, team {case['team']}"


def attributes(case: dict[str, Any], most: int | None = None) -> list[str]:
    """`impact: high`: what else the ticket says, by name."""
    return [f"{name}: {texts.value(value)}" for name, value in list(case["attributes"].items())[:most]]
