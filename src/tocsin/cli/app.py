"""The commands by name, and how one is fetched when it is called."""

from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup


class Lazy(NamedTuple):
    """A command that is not imported yet: where it is (a function, or a typer app of its own), and what it does."""

    module: str
    attribute: str
    help: str


COMMANDS: dict[str, Lazy] = {
    "demo": Lazy("tocsin.cli.demo", "demo", "A demonstration: an invented company, live in the terminal."),
    "init": Lazy("tocsin.cli.init", "init", "Create the database, the first administrator and a token."),
    "serve": Lazy("tocsin.cli.running", "serve", "Serve the API and run every loop."),
    "work": Lazy("tocsin.cli.running", "work", "Run the loops without the API, on PostgreSQL."),
    "migrate": Lazy("tocsin.cli.running", "migrate", "Bring the database to the tables of this release."),
    "backup": Lazy("tocsin.cli.saving", "backup", "Copy the database while a server writes, and prove the copy."),
    "restore": Lazy("tocsin.cli.saving", "restore", "Restore the database from a copy."),
    "doctor": Lazy("tocsin.cli.doctor", "doctor", "Check an installation for problems."),
    "case": Lazy("tocsin.cli.case", "app", "List, show, open and work on cases."),
    "me": Lazy("tocsin.cli.me", "me", "Who you are here, what reaches you, when you are on call."),
    "oncall": Lazy("tocsin.cli.rosters", "oncall", "Who is on call, now or at a time."),
    "score": Lazy("tocsin.cli.score", "score", "Explain what would be done with a case; no database."),
    "audit": Lazy("tocsin.cli.audit", "app", "Prove the record: verify, replay, export; kinds of events."),
    "policy": Lazy("tocsin.cli.policy", "app", "Check, test, show, compare and activate policies."),
    "import": Lazy("tocsin.cli.import_", "import_", "Import the history or the backlog of another system."),
    "mapping": Lazy("tocsin.cli.mapping", "mapping", "Draft how the columns of a file become cases."),
    "replay": Lazy("tocsin.cli.replay", "replay", "Replay an event history of another system."),
    "bench": Lazy("tocsin.cli.bench", "app", "Measure this machine."),
    "account": Lazy("tocsin.cli.accounts", "app", "Customers, and who answers for them."),
    "user": Lazy("tocsin.cli.users", "users", "Users, and where pages reach them."),
    "team": Lazy("tocsin.cli.teams", "teams", "Teams, their leads and members."),
    "role": Lazy("tocsin.cli.roles", "roles", "Where roles are told of their pages."),
    "roster": Lazy("tocsin.cli.rosters", "rosters", "Who is on call when."),
    "hook": Lazy("tocsin.cli.hook", "app", "Webhooks in: create, list, revoke, deliveries."),
    "connector": Lazy("tocsin.cli.connector", "app", "Connectors: add, show, try, their deliveries, replay."),
    "triggers": Lazy("tocsin.cli.triggers", "triggers", "Rules that escalate without a person."),
    "risk": Lazy("tocsin.cli.risk", "app", "Cases that may yet escalate."),
    "storms": Lazy("tocsin.cli.storms", "storms", "Many cases like each other at once, of which one pages."),
    "triage": Lazy("tocsin.cli.triage", "app", "The questions that wait for a person."),
    "automation": Lazy("tocsin.cli.guards", "automation", "Whether the policy escalates by itself."),
    "window": Lazy("tocsin.cli.guards", "window", "Maintenance windows, in which nobody is paged."),
    "silence": Lazy("tocsin.cli.guards", "silence", "Silences: nobody is paged about some cases."),
    "watch": Lazy("tocsin.cli.guards", "watch", "Watches: an account counts for more for a time."),
    "mute": Lazy("tocsin.cli.guards", "mute", "Rules of the policy that do not fire for hours."),
    "token": Lazy("tocsin.cli.token", "app", "API tokens: create, list, revoke."),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else load(cmd_name, entry)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def load(name: str, entry: Lazy) -> Any:
    """The command itself."""
    found = getattr(import_module(entry.module), entry.attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_command(found)
        group.name = name
        return group
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name)(found)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Tocsin: every customer escalation decided, owned, on time, and explained.",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("tocsin"))
        raise typer.Exit


@app.callback(epilog="Example: tocsin policy check policy.yaml")
def tocsin(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Tocsin: every customer escalation decided, owned, on time, and explained."""
