"""The schema of triggers, made of the keys that their kinds declare."""

from tocsin.policy.schema.parts import Schema, choice, integer, number, record, ref, sequence, text
from tocsin.policy.triggers.keys import Key
from tocsin.policy.triggers.kinds import TRIGGERS


def _shape(key: Key) -> Schema:
    says = f"{key.says} Of {', '.join(f'`{kind.name}`' for kind in TRIGGERS.values() if key in kind.keys)}."
    if key.many:
        return sequence(says, choice("One of them.", *key.choices), list(key.example), minItems=1, maxItems=20)
    if key.shape == "choice":
        return choice(says, *key.choices) | {"default": key.default}
    if key.shape in ("elapsed", "duration"):
        return ref("elapsed" if key.shape == "elapsed" else "duration", says)
    if key.shape == "whole":
        return integer(says, 1, 1_000_000, key.example)
    if key.shape in ("number", "percent"):
        return number(says, -1e15 if key.shape == "number" else 0, 1e15 if key.shape == "number" else 100, key.example)
    if key.shape == "fact":
        return text(says, key.example, pattern=r"^(case|account)\.[A-Za-z_][A-Za-z0-9_.]*$", maxLength=200)
    return ref("name", says)


_KEYS = {key.name: _shape(key) for kind in TRIGGERS.values() for key in kind.keys}
TRIGGERS_SECTION = sequence(
    "Rules that escalate without a person: they raise a case to a level, and can be muted as other rules.",
    record(
        "One trigger. " + " ".join(f"`{kind.name}`: {kind.says}" for kind in TRIGGERS.values()),
        {
            "id": ref("name", "How reasons and reports name this rule; once in the section."),
            "on": choice("What it looks at.", *TRIGGERS),
            "level": choice("The level that the case has at least.", "senior", "executive"),
            "kind": choice("Who is asked: engineers, or escalation manager and owner.", "technical", "relationship"),
            "when": ref("condition", "Which cases the rule means; without it, every case."),
            **_KEYS,
        },
        ("id", "on", "level"),
        examples=[
            {"id": "errors", "on": "number", "from": "case.attributes.error_rate", "above": 0.05, "level": "senior"},
            {"id": "asks-for-manager", "on": "said", "phrases": ["manager"], "level": "senior"},
        ],
    ),
    maxItems=100,
    default=[],
)
