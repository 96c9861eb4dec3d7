"""The verbs that say how much attention a case gets, and who may see it, as forms."""

from tocsin.cases import verbs
from tocsin.cases.lifecycle import Verb
from tocsin.cases.verbs.correction import MISTAKES
from tocsin.web import asking
from tocsin.web.asking import Act, Field

ACTS = (
    Act(
        Verb.TRIAGE,
        "Answer triage",
        "Triage answered.",
        (Field("level", "The level that is right", "level"), asking.WHY),
        lambda who, form: verbs.answer_triage(who, form.get("level", ""), form.get("reason", "")),
    ),
    Act(
        Verb.ANSWER,
        "Answer the request",
        "Request answered.",
        (Field("accept", "Raise it", "choice", True, (("yes", "yes"), ("no", "no, because"))), asking.MAYBE_WHY),
        lambda who, form: verbs.answer_request(who, form.get("accept") == "yes", form.optional("reason")),
    ),
    Act(
        Verb.RAISE,
        "Raise",
        "Raised.",
        (asking.UP, asking.WHY),
        lambda who, form: verbs.raise_to(who, form.get("level", ""), form.get("reason", "")),
    ),
    Act(
        Verb.REQUEST,
        "Request an escalation",
        "Requested. If no lead answers in time, it is accepted.",
        (
            asking.UP,
            asking.WHY,
            Field("hurt", "Who is affected", required=False),
            Field("wants", "What the customer wants", required=False),
        ),
        asking.request,
    ),
    Act(
        Verb.LOWER,
        "Lower",
        "Lowered; its clocks keep their due times.",
        (Field("level", "To", "choice", True, asking.choices("standard", "senior")), asking.WHY),
        lambda who, form: verbs.lower(who, form.get("level", ""), form.get("reason", "")),
    ),
    Act(
        Verb.OVERRIDE,
        "Override",
        "Overridden; later decisions do not undo it.",
        (
            Field("severity", "Severity", "severity", False),
            Field("level", "Level", "level", False),
            Field("owner", "Owner", "user", False),
            Field("team", "Team", "team", False),
            asking.WHY,
        ),
        asking.override,
    ),
    Act(
        Verb.CORRECT,
        "Correct a mistake",
        "Corrected.",
        (
            Field("what", "What was wrong", "choice", True, asking.choices(*MISTAKES)),
            Field("severity", "The right severity, if it was wrong", "severity", False),
            asking.WHY,
        ),
        lambda who, form: verbs.correct(who, form.get("what", ""), form.get("reason", ""), form.optional("severity")),
    ),
    Act(
        Verb.RELIEVE,
        "Give a clock more time",
        "The clock has more time.",
        (Field("clock", "Clock", "clock"), Field("minutes", "Minutes more", "number"), asking.WHY),
        asking.relieve,
    ),
    Act(
        Verb.CONFIDE,
        "Keep confidential",
        "Done.",
        (
            Field("names", "Only these users may see it (names with commas between; empty: everybody)", "text", False),
            asking.WHY,
        ),
        lambda who, form: verbs.confide(
            who, [name.strip() for name in form.get("names", "").split(",") if name.strip()], form.get("reason", "")
        ),
    ),
)
