"""What the routes of guards answer: shape and status, by method and path below /api/v1."""

from tocsin.api.description.shapes import AT, FLAG, ID, LEVEL, MAYBE_AT, TEXT, WHOLE, Schema, either, many, record
from tocsin.guards.kinds import ASKED, AUTOMATION, KINDS, MODES, WINDOW, GuardKind


def _guard(kind: GuardKind) -> Schema:
    """One guard of a kind."""
    said = {name: {**_GUARD_ASKS[name], "description": ASKED[name].says} for name in kind.asks}
    return record(
        id={**ID, "description": "By which it is ended"},
        kind={"enum": [kind.name], "description": "What kind of guard it is"},
        state={"enum": ["planned", "standing", "over"], "description": "Whether it holds, is to come, or is over"},
        reason={**TEXT, "description": "Why somebody set it"},
        by={**TEXT, "description": "Who set it: user:dana, token:helpdesk"},
        **said,
        starts_at={**AT, "description": "From when it holds"},
        ends_at={**MAYBE_AT, "description": "Until when; null: until somebody ends it"},
        ended_at={**MAYBE_AT, "description": "When somebody ended it before its time"},
    )


_GUARD_ASKS: dict[str, Schema] = {
    "areas": many(TEXT),
    "accounts": many(
        record(id={**ID, "description": "Tocsin's id"}, name={**TEXT, "description": "The customer's name"})
    ),
    "tags": many(TEXT),
    "rule": TEXT,
    "level": LEVEL,
    "mode": {"enum": list(MODES)},
}
AUTOMATION_STATUS = record(
    on={**FLAG, "description": "Whether the policy escalates by itself"},
    guards={
        **many(either(*(_guard(kind) for kind in KINDS.values()))),
        "description": "What stands or is to come, of every kind",
    },
)


def _routes(kind: GuardKind) -> dict[str, tuple[Schema | None, int]]:
    path, one = f"/{kind.plural}", _guard(kind)
    listed = record(**{kind.plural: {**many(one), "description": "What stands or is to come, then what is over"}})
    return {
        f"GET {path}": (listed, 200),
        f"POST {path}": (one, 201),
        f"GET {path}/{{guard}}": (one, 200),
        f"DELETE {path}/{{guard}}": (None, 204),
    }


IMPORTED = record(
    windows={**many(_guard(WINDOW)), "description": "Those that were set"},
    known={**WHOLE, "description": "How many of the calendar's stood there already"},
)
ROUTES: dict[str, tuple[Schema | None, int]] = {
    "GET /automation": (AUTOMATION_STATUS, 200),
    "POST /automation": (AUTOMATION_STATUS, 200),
    **{name: one for kind in KINDS.values() if kind is not AUTOMATION for name, one in _routes(kind).items()},
}
