"""`GET /triage`: the questions that wait for a person. They are answered by the verbs of their cases."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.cases import triaging
from tocsin.cases.queries import labels
from tocsin.cases.triaging import PossibleAnswer, Waiting
from tocsin.clocks import moments
from tocsin.core import instants
from tocsin.core.clock import DAY
from tocsin.core.wording import Reader, worded
from tocsin.people.directory import Directory

router = APIRouter(tags=["cases"])


@router.get("/triage")
def show_triage(here: Here, who: Who) -> Response:
    """The questions that the policy or a colleague asks, the first to be answered by itself first, and behind them
    those that somebody has put off; each with what may be answered. `today`: what became of the questions of the last
    24 hours, of all cases."""
    who.require("cases.read")
    at = here.clock.now()
    with here.database.reading(at) as tx:
        found = triaging.queue(tx, here.desk, who)
        people = here.desk.directory.get(tx)
        told = labels.since(tx, at - DAY)
        to = moments.reader(moments.utc, people.names())
        shown = [_shown(one, people, to) for one in found]
    return json({"questions": shown, "today": told._asdict()})


def _shown(one: Waiting, people: Directory, to: Reader) -> dict[str, Any]:
    case, off = one.state.case, one.snoozed
    return {
        "number": case.number,
        "external_id": case.external_id,
        "subject": case.subject,
        "level": case.level,
        "title": worded(one.title, to),
        "why": [worded(each, to) for each in one.why],
        **one.question.show(to),
        "answers": [_answer(each, to) for each in one.choices],
        "asked_at": instants.to_text(one.since),
        "snoozed": off and {"until": instants.to_text(off.until), "by": off.actor, "reason": off.reason},
    }


def _answer(choice: PossibleAnswer, to: Reader) -> dict[str, Any]:
    return {
        "verb": choice.verb,
        "given": choice.given,
        "says": worded(choice.says, to),
        "follows": choice.follows,
        "refused": None if choice.refused is None else worded(choice.refused, to),
    }
