"""What is said to the customer, asked of other teams, and marked: `send-update`, `explain`, `ask-team`, `answer-team`,
`mark-milestone`."""

from typing import Annotated

import typer

from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Command, Json, add
from tocsin.cli.output import read_text

Text = Annotated[str, typer.Argument(help="The text; - reads standard input.")]


def send_update(case: Case, text: Text, acting: As = None, json: Json = False) -> None:
    """Write to the customer how a case stands. Tocsin keeps the text and hands it to webhooks."""
    Act("send-update", case, "updates", acting, json).send("has a message for its customer", text=_read(text))


def explain(case: Case, text: Text, acting: As = None, json: Json = False) -> None:
    """Write to the customer what the cause was."""
    Act("explain", case, "explanation", acting, json).send("is explained to its customer", text=_read(text))


def ask_team(
    case: Case,
    team: Annotated[str, typer.Argument(metavar="TEAM", help="The team that is asked.")],
    question: Text,
    acting: As = None,
    json: Json = False,
) -> None:
    """Ask another team; the case stays where it is."""
    Act("ask-team", case, "questions", acting, json).send(f"waits for team {team}", team=team, question=_read(question))


def answer_team(case: Case, answer: Text, acting: As = None, json: Json = False) -> None:
    """Answer what a team was asked."""
    Act("answer-team", case, "answers", acting, json).send("has the answer of the team", answer=_read(answer))


def mark_milestone(
    case: Case,
    milestone: Annotated[str, typer.Argument(metavar="MILESTONE", help="Its name, as clocks of the policy have it.")],
    note: Annotated[str | None, typer.Option("--note", help="A note for colleagues.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Mark a milestone, such as a warning to an authority; clocks that wait for it stop."""
    said = f"has reached {milestone}"
    Act("mark-milestone", case, "milestones", acting, json).send(said, milestone=milestone, note=note)


def _read(text: str) -> str:
    return read_text("-") if text == "-" else text


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("send-update", send_update, "send-update 17 'We have found the cause, and repair it now.'"),
        Command("explain", explain, "explain 17 'A certificate had expired.'"),
        Command("ask-team", ask_team, "ask-team 17 engineering 'Which release has the repair?'"),
        Command("answer-team", answer_team, "answer-team 17 'The one of Tuesday.'"),
        Command("mark-milestone", mark_milestone, "mark-milestone 17 authority-warned --note 'by the portal'"),
    )
