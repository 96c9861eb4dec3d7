"""The verbs of a case as forms: what each asks for, and the plan that its answers make."""

from tocsin.cases import verbs
from tocsin.cases.lifecycle import Verb
from tocsin.comms import texts, updates
from tocsin.web import asking, steering
from tocsin.web.asking import Act, Field

_WORKING = (
    Act(
        Verb.ACKNOWLEDGE,
        "Acknowledge",
        "Acknowledged. The paging stops; you have the case.",
        (),
        lambda who, form: verbs.acknowledge(who),
    ),
    Act(
        Verb.DECLINE,
        "Decline",
        "Declined: the backup or the next step is paged.",
        (asking.MAYBE_WHY,),
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
        "Note added.",
        (Field("text", "For colleagues", "area"),),
        lambda who, form: verbs.note(who, form.get("text", "")),
    ),
    Act(
        Verb.SEND_UPDATE,
        "Write to the customer",
        "Kept for the customer, and handed to webhooks.",
        (Field("text", "For the customer", "area"),),
        lambda who, form: updates.send_update(who, texts.written(form.get("text", ""))),
    ),
    Act(
        Verb.ASK_TEAM,
        "Ask a team",
        "Asked. The case stays where it is.",
        (Field("team", "Team", "team"), Field("question", "What", "area")),
        lambda who, form: verbs.ask_team(who, form.get("team", ""), form.get("question", "")),
    ),
    Act(
        Verb.ANSWER_TEAM,
        "Answer for a team",
        "Answered.",
        (Field("answer", "What the team answers", "area"),),
        lambda who, form: verbs.answer_team(who, form.get("answer", "")),
    ),
    Act(
        Verb.EXPLAIN,
        "Explain the cause to the customer",
        "Kept for the customer, and handed to webhooks.",
        (Field("text", "For the customer", "area"),),
        lambda who, form: updates.explain(who, texts.written(form.get("text", ""))),
    ),
    Act(
        Verb.MARK_MILESTONE,
        "Mark a milestone",
        "Marked.",
        (Field("milestone", "Its name, such as authority-warned"), asking.NOTE),
        lambda who, form: verbs.mark_milestone(who, form.get("milestone", ""), form.optional("note")),
    ),
    Act(
        Verb.CONTAIN,
        "Mark as contained",
        "Marked as contained.",
        (asking.NOTE,),
        lambda who, form: verbs.contain(who, form.optional("note")),
    ),
    Act(
        Verb.CONFIRM_CONTAINMENT,
        "Confirm or reject containment",
        "Answered.",
        (asking.VERDICT, asking.MAYBE_WHY),
        lambda who, form: verbs.confirm_containment(who, form.get("verdict") == "confirm", form.optional("reason")),
    ),
    Act(
        Verb.RESOLVE,
        "Mark as resolved",
        "Marked as resolved.",
        (asking.NOTE,),
        lambda who, form: verbs.resolve(who, form.optional("note")),
    ),
    Act(
        Verb.CONFIRM_RESOLUTION,
        "Confirm or reject resolution",
        "Answered.",
        (asking.VERDICT, asking.MAYBE_WHY),
        lambda who, form: verbs.confirm_resolution(who, form.get("verdict") == "confirm", form.optional("reason")),
    ),
    Act(Verb.HOLD, "Hold", "On hold: it waits for the customer.", (asking.HOURS, asking.WHY), asking.hold),
    Act(
        Verb.RELEASE,
        "End the hold",
        "The clocks run on.",
        (asking.MAYBE_WHY,),
        lambda who, form: verbs.release(who, form.optional("reason")),
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
            Field("case", "The other one: its number, such as #17, or its ticket's"),
            asking.MAYBE_WHY,
        ),
    ),
    Act(
        Verb.REOPEN,
        "Reopen",
        "Reopened.",
        (asking.WHY,),
        lambda who, form: verbs.reopen(who, form.get("reason", "")),
    ),
    Act(Verb.CLOSE, "Close", "Closed.", (asking.NOTE,), lambda who, form: verbs.close(who, form.optional("note"))),
)
_FIRST = (Verb.ACKNOWLEDGE, Verb.ANSWER, Verb.TRIAGE, Verb.CONFIRM_CONTAINMENT, Verb.CONFIRM_RESOLUTION)
ACTS: dict[Verb, Act] = {
    act.verb: act for act in sorted((*_WORKING, *steering.ACTS), key=lambda act: act.verb not in _FIRST)
}


def said(done: str, case: str) -> str | None:
    """What is said after a verb; `done` comes from the address, so only what is known is said."""
    act = next((act for act in ACTS.values() if act.verb.value == done), None)
    if act is None:
        return None
    return f"#{case}: {act.done}" if case.isascii() and case.isdecimal() else act.done
