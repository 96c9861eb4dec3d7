"""The verbs of a case as forms: what each asks for, and the plan that its answers make."""

from collections.abc import Callable
from typing import NamedTuple

from tocsin.cases import verbs
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.correction import MISTAKES
from tocsin.cases.verbs.escalation import Request
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.web.access import Form


class Field(NamedTuple):
    """One question. `kind`: a kind of input, or whose names it offers (`user`, `severity`, `team`, `clock`)."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


class Act(NamedTuple):
    """`done`: what is said once it is carried out. `plan` None: it takes two cases (`web/casepage.py`)."""

    verb: Verb
    label: str
    done: str
    fields: tuple[Field, ...] = ()
    plan: Callable[[Viewer, Form], Plan] | None = None


def _choices(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, value.replace("_", " ")) for value in values)


_WHY = Field("reason", "Why", "area")
_MAYBE_WHY = Field("reason", "Why", "area", False)
_NOTE = Field("note", "How, for colleagues", "area", False)
_UP = Field("level", "To", "choice", True, _choices("senior", "executive"))
_HOURS = Field("hours", "For", "choice", True, tuple((str(n), f"{n} hours") for n in (1, 4, 8, 24, 48, 72)))
_VERDICT = Field("verdict", "It is so", "choice", True, (("confirm", "yes, confirm"), ("reject", "no, reject")))


def _hold(who: Viewer, form: Form) -> Plan:
    def plan(state: Aggregate, scene: Scene) -> object:
        return verbs.hold(who, form.get("reason", ""), scene.now + _whole(form, "hours", 72) * HOUR)(state, scene)

    return plan  # type: ignore[return-value]


def _relieve(who: Viewer, form: Form) -> Plan:
    def plan(state: Aggregate, scene: Scene) -> object:
        name = form.get("clock", "")
        run = state.running(name)
        due = (run.due_at if run else scene.now) + _whole(form, "minutes", 100_000) * MINUTE
        return verbs.relieve(who, name, due, form.get("reason", ""))(state, scene)

    return plan  # type: ignore[return-value]


def _request(who: Viewer, form: Form) -> Plan:
    said = Request(form.get("level", ""), form.get("reason", ""), form.optional("hurt"), form.optional("wants"), None)
    return verbs.request(who, said)


def _override(who: Viewer, form: Form) -> Plan:
    level = form.optional("level")
    said = Override(
        reason=form.get("reason", ""),
        severity=form.optional("severity"),
        level=level,  # type: ignore[arg-type]
        owner=form.optional("owner"),
        team=form.optional("team"),
    )
    return verbs.override(who, said)


def _whole(form: Form, name: str, most: int) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most):
        raise InvalidInput("this is no number", place=name, expected=f"a whole number from 1 to {most}")
    return int(text)


_LEVELS = _choices("standard", "senior", "executive")
ACTS: dict[Verb, Act] = {
    act.verb: act
    for act in (
        Act(
            Verb.ACKNOWLEDGE,
            "Acknowledge",
            "Acknowledged: the paging stops, and you have it.",
            (),
            lambda who, form: verbs.acknowledge(who),
        ),
        Act(
            Verb.DECLINE,
            "Hand the page on",
            "Handed on to the next in line.",
            (_MAYBE_WHY,),
            lambda who, form: verbs.decline(who, form.optional("reason")),
        ),
        Act(
            Verb.ASSIGN,
            "Assign",
            "Assigned.",
            (Field("owner", "To", "user"),),
            lambda who, form: verbs.assign(who, form.get("owner", "")),
        ),
        Act(
            Verb.NOTE,
            "Note",
            "The note is written.",
            (Field("text", "For colleagues", "area"),),
            lambda who, form: verbs.note(who, form.get("text", "")),
        ),
        Act(
            Verb.CONTAIN,
            "Say that it is contained",
            "Said: the damage grows no more.",
            (_NOTE,),
            lambda who, form: verbs.contain(who, form.optional("note")),
        ),
        Act(
            Verb.JUDGE_CONTAINMENT,
            "Judge the containment",
            "Judged.",
            (_VERDICT, _MAYBE_WHY),
            lambda who, form: verbs.judge_containment(who, form.get("verdict") == "confirm", form.optional("reason")),
        ),
        Act(
            Verb.RESOLVE,
            "Say that it is resolved",
            "Said: it is solved.",
            (_NOTE,),
            lambda who, form: verbs.resolve(who, form.optional("note")),
        ),
        Act(
            Verb.JUDGE_RESOLUTION,
            "Judge the resolution",
            "Judged.",
            (_VERDICT, _MAYBE_WHY),
            lambda who, form: verbs.judge_resolution(who, form.get("verdict") == "confirm", form.optional("reason")),
        ),
        Act(
            Verb.TRIAGE,
            "Answer triage",
            "Triage is answered.",
            (Field("level", "The level that is right", "choice", True, _LEVELS), _WHY),
            lambda who, form: verbs.answer_triage(who, form.get("level", ""), form.get("reason", "")),
        ),
        Act(
            Verb.ANSWER,
            "Answer the request",
            "The request is answered.",
            (Field("accept", "Escalate", "choice", True, (("yes", "yes"), ("no", "no, because"))), _MAYBE_WHY),
            lambda who, form: verbs.answer_request(who, form.get("accept") == "yes", form.optional("reason")),
        ),
        Act(
            Verb.RAISE,
            "Escalate",
            "Escalated.",
            (_UP, _WHY),
            lambda who, form: verbs.raise_to(who, form.get("level", ""), form.get("reason", "")),
        ),
        Act(
            Verb.REQUEST,
            "Request an escalation",
            "Requested: a lead answers, or silence does.",
            (
                _UP,
                _WHY,
                Field("hurt", "Who is hurt", required=False),
                Field("wants", "What the customer wants", required=False),
            ),
            _request,
        ),
        Act(Verb.HOLD, "Hold", "On hold: it waits for the customer.", (_HOURS, _WHY), _hold),
        Act(
            Verb.RELEASE,
            "End the hold",
            "The clocks run on.",
            (_MAYBE_WHY,),
            lambda who, form: verbs.release(who, form.optional("reason")),
        ),
        Act(
            Verb.LOWER,
            "Lower",
            "Lowered; its clocks keep their times.",
            (Field("level", "To", "choice", True, _choices("standard", "senior")), _WHY),
            lambda who, form: verbs.lower(who, form.get("level", ""), form.get("reason", "")),
        ),
        Act(
            Verb.OVERRIDE,
            "Override",
            "Set; the engine does not undo it.",
            (
                Field("severity", "Severity", "severity", False),
                Field("level", "Level", "choice", False, _LEVELS),
                Field("owner", "Owner", "user", False),
                Field("team", "Team", "team", False),
                _WHY,
            ),
            _override,
        ),
        Act(
            Verb.CORRECT,
            "Correct a mistake",
            "Corrected.",
            (
                Field("what", "What was wrong", "choice", True, _choices(*MISTAKES)),
                Field("severity", "The right severity, where that was wrong", "severity", False),
                _WHY,
            ),
            lambda who, form: verbs.correct(
                who, form.get("what", ""), form.get("reason", ""), form.optional("severity")
            ),
        ),
        Act(
            Verb.RELIEVE,
            "Give a clock more time",
            "The clock has more time.",
            (Field("clock", "Clock", "clock"), Field("minutes", "Minutes more", "number"), _WHY),
            _relieve,
        ),
        Act(
            Verb.LINK,
            "Link",
            "Linked.",
            (
                Field(
                    "kind",
                    "This case",
                    "choice",
                    True,
                    (("related", "has to do with"), ("parent", "follows"), ("merged", "is the same as, and ends in")),
                ),
                Field("case", "Number of the other case"),
                _MAYBE_WHY,
            ),
        ),
        Act(
            Verb.CONFIDE,
            "Keep confidential",
            "Done.",
            (
                Field("names", "Only these users may see it (names with commas; nobody: everybody may)", "text", False),
                _WHY,
            ),
            lambda who, form: verbs.confide(
                who, [name.strip() for name in form.get("names", "").split(",") if name.strip()], form.get("reason", "")
            ),
        ),
        Act(Verb.REOPEN, "Reopen", "Open again.", (_WHY,), lambda who, form: verbs.reopen(who, form.get("reason", ""))),
        Act(Verb.CLOSE, "Close", "Closed.", (_NOTE,), lambda who, form: verbs.close(who, form.optional("note"))),
    )
}


def said(done: str, case: str) -> str | None:
    """What is said after a verb; `done` comes from the address, so only what is known is said."""
    act = next((act for act in ACTS.values() if act.verb.value == done), None)
    if act is None:
        return None
    return f"#{case}: {act.done}" if case.isascii() and case.isdecimal() else act.done
