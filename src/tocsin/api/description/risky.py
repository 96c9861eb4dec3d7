"""What the routes of risks answer."""

from tocsin.api.description.shapes import AT, FLAG, ID, MAYBE, TEXT, WHOLE, either, many, record

_NUMBER = {"type": "number"}
_MAYBE_NUMBER = either(_NUMBER, {"type": "null"})
_FACTOR = record(
    name={**TEXT, "description": "The factor"},
    points={**_NUMBER, "description": "By how much it raises the log odds"},
    says={**TEXT, "description": "What it rests on"},
)
RISK = record(
    id=ID,
    number=WHOLE,
    subject=TEXT,
    likelihood={**_NUMBER, "description": "That it escalates, from 0 to 1"},
    factors={**many(_FACTOR), "description": "What speaks for it, the weightiest first"},
    at={**AT, "description": "When it was estimated"},
    model={**WHOLE, "description": "The version of what was learnt"},
    shown={**FLAG, "description": "Whether cases so likely to escalate are shown"},
    answer={**MAYBE, "description": "What somebody said to it: seen, snoozed, disagreed"},
    until={**either(AT, {"type": "null"}), "description": "It is not shown before"},
    by={**MAYBE, "description": "Who said so"},
)
_LEARNT = record(
    version={**WHOLE, "description": "Counted from 1"},
    learnt_at={**AT, "description": "When"},
    cases={**WHOLE, "description": "Of how many"},
    escalated={**WHOLE, "description": "How many of these escalated"},
    knows={**FLAG, "description": "Whether that was enough"},
    line={**_MAYBE_NUMBER, "description": "The likelihood from which on cases are shown"},
    missed={**WHOLE, "description": "How many escalated since without having been shown"},
    seen={**WHOLE, "description": "How many escalated since"},
)
RISKS = record(
    miss_at_most={**_MAYBE_NUMBER, "description": "The share of cases that escalate which may be missed"},
    learnt={**either(_LEARNT, {"type": "null"}), "description": "What was learnt last"},
    needed={**WHOLE, "description": "How many cases have to have escalated before anything is said"},
    risks={**many(RISK), "description": "The likeliest first, seen ones behind the others"},
)
ONE = record(risk={**either(RISK, {"type": "null"}), "description": "The newest estimate"})
