"""The examples of a policy in its JSON Schema: bodies of POST /cases, and fields of the decision."""

from tocsin.policy.schema.parts import Schema, choice, integer, number, record, ref, sequence, text


def _optional(description: str, *examples: str) -> Schema:
    return {"type": "string", "description": description} | ({"examples": list(examples)} if examples else {})


_ACCOUNT = record(
    "What is known of the customer.",
    {
        "external_id": _optional("Its identity elsewhere."),
        "name": _optional("Its name."),
        "segment": _optional("How important it is.", "strategic", "enterprise"),
        "plan": _optional("Its support plan.", "premium"),
        "region": _optional("Where it is.", "eu"),
        "language": _optional("What it speaks.", "de"),
        "arr": number("Annual recurring revenue.", 0, 1e15, 2000000),
        "renewal": _optional("When its contract is renewed.", "2027-03-31"),
        "products": sequence("What it has of us.", {"type": "string"}, ["chat"], maxItems=100),
        "attributes": {"type": "object", "description": "Whatever else is known of it."},
    },
)

_GIVEN = record(
    "A body of POST /cases.",
    {
        "subject": text("What the customer wrote above it.", "API is down", maxLength=500),
        "body": _optional("What the customer wrote."),
        "external_id": _optional("The ticket's identity elsewhere."),
        "source": _optional("Where it came from.", "email", "monitoring"),
        "account": _ACCOUNT,
        "account_id": _optional("A stored account; examples know none."),
        "users_affected": integer("How many users are hurt.", 0, 2**53 - 1, 5000),
        "priority": _optional("The customer's own priority.", "urgent"),
        "sentiment": _optional("How the customer feels.", "angry"),
        "language": _optional("The language of the text.", "de"),
        "tags": sequence("Tags.", {"type": "string"}, ["press"], maxItems=100),
        "product_area": _optional("A product area of the taxonomy."),
        "type": _optional("A type of the taxonomy."),
        "attributes": {
            "type": "object",
            "description": "Anything else, by name.",
            "maxProperties": 100,
            "additionalProperties": True,
        },
        "occurred_at": _optional("When it happened.", "2026-11-22T09:30:00Z"),
        "url": _optional("Where the ticket is found in its own tool.", "https://desk.example.com/tickets/4711"),
    },
    ("subject",),
)

_EXPECT = record(
    "Fields of the decision, all of which must come out so.",
    {
        "level": choice("The level.", "standard", "senior", "executive"),
        "severity": ref("name", "The severity."),
        "type": {"type": ["string", "null"], "description": "The type; null for none."},
        "product_area": {"type": ["string", "null"], "description": "The product area; null for none."},
        "kind": {"enum": ["technical", "relationship", None], "description": "The kind; null where not escalated."},
        "team": ref("name", "The team."),
        "assign": choice("How it is assigned.", "oncall", "least_loaded", "none"),
        "path": {"type": ["string", "null"], "description": "The path of a technical escalation; null for none."},
        "relationship_path": {"type": ["string", "null"], "description": "The other path; null for none."},
        "wake": {"type": "boolean", "description": "Whether it may wake people."},
        "evidence": choice("The evidence for it.", "text", "number", "person", "monitoring"),
        "score": number("The score.", 0, 100),
        "level_if_unanswered": {
            "enum": ["senior", "executive", None],
            "description": "The level that follows if triage stays unanswered; null for none.",
        },
        "rules": sequence(
            "Rules that fire, among others.", text("A rule's id, or its place.", "critical", "minimums.critical")
        ),
        "minimums": sequence("The minimums that hold, exactly.", ref("name"), ["critical"]),
    },
    minProperties=1,
)

EXAMPLES = sequence(
    "Documented decisions that are tests: a policy whose examples fail is not activated.",
    record(
        "One example.",
        {
            "name": text("What it shows.", "Strategic customer, API down", maxLength=200),
            "at": text("When it is decided; without it, at a fixed Wednesday noon UTC.", "2026-11-22T09:30:00Z"),
            "given": _GIVEN,
            "expect": _EXPECT,
        },
        ("name", "given", "expect"),
    ),
    maxItems=1000,
)
