"""The pieces of the policy's JSON Schema that several sections share.

`errorMessage` is what editors show, and `structure` says, where a value does not fit: it says what is expected.
Unions are written as several types in one schema, not as `oneOf`, so that the fault that is reported is the real one.
"""

from typing import Any

from tocsin.clocks import durations, kinds
from tocsin.clocks.kinds import BUILT_IN
from tocsin.policy import addressees

Schema = dict[str, Any]

NAME_PATTERN = rf"^{addressees.NAME}$"


def text(description: str, *examples: str, **more: Any) -> Schema:
    return _with({"type": "string", "minLength": 1, "description": description}, examples, more)


def number(description: str, least: float, most: float, *examples: float, **more: Any) -> Schema:
    return _with({"type": "number", "minimum": least, "maximum": most, "description": description}, examples, more)


def integer(description: str, least: int, most: int, *examples: int, **more: Any) -> Schema:
    return _with({"type": "integer", "minimum": least, "maximum": most, "description": description}, examples, more)


def choice(description: str, *values: str, **more: Any) -> Schema:
    return {"enum": list(values), "description": description, **more}


def flag(description: str, default: bool) -> Schema:
    return {"type": "boolean", "description": description, "default": default}


def sequence(description: str, items: Schema, *examples: Any, **more: Any) -> Schema:
    return _with({"type": "array", "items": items, "description": description}, examples, more)


def record(description: str, properties: dict[str, Schema], required: tuple[str, ...] = (), **more: Any) -> Schema:
    """A mapping with fixed keys, and no others."""
    found: Schema = {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }
    if required:
        found["required"] = list(required)
    return found | more


def named(description: str, values: Schema, *examples: Any, **more: Any) -> Schema:
    """A mapping whose keys are names that the author chooses."""
    found = {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": NAME_PATTERN, "maxLength": 64, "errorMessage": NAME_EXPECTED},
        "additionalProperties": values,
    }
    return _with(found, examples, more)


def ref(name: str, description: str | None = None, **more: Any) -> Schema:
    found: Schema = {"$ref": f"#/$defs/{name}"}
    if description:
        found["description"] = description
    return found | more


def _with(schema: Schema, examples: tuple[Any, ...], more: dict[str, Any]) -> Schema:
    if examples:
        schema["examples"] = list(examples)
    return schema | more


NAME_EXPECTED = "a name of letters, digits, '_', '.' and '-', beginning with a letter or digit"

DEFS: dict[str, Schema] = {
    "name": text(
        "A name of your choice.",
        "office",
        pattern=NAME_PATTERN,
        maxLength=64,
        errorMessage=NAME_EXPECTED,
        title="name",
    ),
    "condition": text(
        "A condition in CEL over `case` and `account`; it is checked when the policy is.",
        'case.severity == "critical"',
        'account.segment == "strategic" && case.sentiment == "angry"',
        maxLength=8192,
        errorMessage="a condition in CEL, quoted",
        title="condition",
    ),
    "duration": text(
        "How long. On a calendar s, m and h are working time, d is 24 hours, bd a business day.",
        "15m",
        "4h",
        "3bd",
        pattern=durations.PATTERN,
        errorMessage=durations.EXPECTED,
        title="duration",
    ),
    "elapsed": text(
        "How long, without a calendar: so business days have no meaning here.",
        "5m",
        "72h",
        pattern=durations.PATTERN.replace(r"|\d+bd", ""),
        errorMessage="a duration such as 90s, 15m, 4h, 1h30m or 7d",
        title="elapsed time",
    ),
    "target": {
        "title": "target",
        "type": ["string", "object"],
        "description": "A duration, or a mapping that also says from when and on which calendar.",
        "examples": ["15m", {"in": "4h", "from": "opened", "calendar": "office"}],
        "pattern": durations.PATTERN,
        "errorMessage": durations.EXPECTED + ", or {in: 4h, from: opened, calendar: office}",
        "properties": {
            "in": ref("duration", "How long the clock runs."),
            "from": choice(
                "From when: the start of the clock, or the opening of the case (contracts count from there).",
                "start",
                "opened",
                default="start",
            ),
            "calendar": ref("name", "The calendar it runs on; without it, that of the rule or severity."),
        },
        "required": ["in"],
        "additionalProperties": False,
    },
    "targets": record(
        "How long each clock runs. Where several rules give a target, the strictest wins.",
        {
            "assign": ref("target", "Until somebody owns the case."),
            "acknowledge": ref("target", "From the escalation until somebody answers it."),
            "contain": ref("target", "From the escalation until the harm stops growing."),
            "resolve": ref("target", "Until the case is resolved."),
            "update": ref(
                "target", "Between two promised messages to the customer of an escalated case; does not start yet."
            ),
            "idle": ref("target", "How long the owner may be silent."),
        },
        title="set of targets",
        minProperties=1,
        additionalProperties=ref("target", "Of a clock of the policy's own (`clocks.kinds`)."),
        examples=[{"assign": "5m", "acknowledge": "15m", "resolve": "24h"}],
    ),
    "clock": choice("A clock, by its name.", *BUILT_IN, title="clock name"),
    "addressee": text(
        "Whom to notify. `oncall:` asks the roster when the step fires.",
        "oncall:senior",
        "oncall:senior:backup",
        "lead:team",
        "user:dana",
        "role:duty-director",
        "owner:account",
        pattern=addressees.PATTERN,
        maxLength=200,
        errorMessage=addressees.EXPECTED,
        title="addressee",
    ),
    "told": text(
        "Who hears of a clock: `owner` and `lead` of the case, `asked` (who was asked last), or an addressee.",
        *addressees.TOLD,
        "role:duty-director",
        pattern=rf"^({'|'.join(addressees.TOLD)})$|{addressees.PATTERN}",
        maxLength=200,
        errorMessage=f"{', '.join(addressees.TOLD)}, {addressees.EXPECTED}",
        title="somebody told",
    ),
    "moment": text(
        "What happens to a case: "
        + ", ".join(f"`{name}` ({moment.says})" for name, moment in kinds.MOMENTS.items())
        + ", or `marked:NAME` (a milestone of that name is marked).",
        "opened",
        "customer_reply",
        "marked:authority-warned",
        maxLength=80,
        title="moment",
    ),
}
