"""The policy's JSON Schema, section by section, in the document's order."""

from typing import Any

from tocsin.clocks.kinds import BUILT_IN
from tocsin.policy.collectors import COLLECTORS
from tocsin.policy.doubts import DOUBTS
from tocsin.policy.schema.parts import Schema, choice, flag, integer, named, number, record, ref, sequence, text

_RULES_AT_MOST = 1000


def _rules(description: str, properties: dict[str, Schema], required: tuple[str, ...], *examples: Any) -> Schema:
    """A list of rules; the examples are single ones."""
    name = ref("name", "How reasons and reports name this rule; once in the section.")
    return sequence(
        description,
        record("One rule.", {"id": name, **properties}, ("id", *required), examples=list(examples)),
        maxItems=_RULES_AT_MOST,
    )


CALENDARS = named(
    "Business calendars. `always` (open day and night) exists without being named.",
    record(
        "When clocks run: `hours: 24x7`, or a zone and hours.",
        {
            "zone": text("The IANA time zone that the hours are in.", "Europe/Berlin"),
            "hours": {
                "type": ["string", "object"],
                "description": "`24x7`, or ranges by day: `mon`, `mon-fri` or `mon,wed`.",
                "examples": ["24x7", {"mon-fri": ["09:00-12:30", "13:30-18:00"]}],
                "pattern": "^24x7$",
                "errorMessage": '24x7, or days such as {mon-fri: ["09:00-17:00"]}',
                "minProperties": 1,
                "additionalProperties": ref("ranges"),
            },
            "holidays": record(
                "Public holidays on which the calendar is closed.",
                {
                    "country": text("ISO 3166 code of the country, in quotes.", "DE", "US"),
                    "region": text("The region's code, where holidays differ.", "BE", "CA"),
                },
                ("country",),
            ),
            "closed": sequence("Your own closed days.", ref("day"), ["2026-12-24"], maxItems=_RULES_AT_MOST),
            "special": {
                "type": "object",
                "description": "Days with hours of their own; they win over holidays and the week.",
                "examples": [{"2026-12-31": ["09:00-12:00"]}],
                "propertyNames": {"$ref": "#/$defs/day"},
                "additionalProperties": ref("ranges"),
            },
        },
        ("hours",),
    ),
    {"office": {"zone": "Europe/Berlin", "hours": {"mon-fri": ["09:00-17:00"]}}},
)

TAXONOMY = record(
    "What a case can be: how grave, of which type, about what.",
    {
        "product_areas": sequence(
            "The parts of the product that a case can be about.",
            text("A part of the product.", maxLength=100),
            ["api", "billing"],
            uniqueItems=True,
            maxItems=_RULES_AT_MOST,
        ),
        "severities": named(
            "How grave a case is, the gravest first.",
            record(
                "A severity.",
                {
                    "title": text("How screens name it; without it, its key."),
                    "definition": text("When a case is of this severity.", "Unusable for many, no workaround"),
                    "calendar": ref("name", "The calendar that its clocks run on.", default="always"),
                    "targets": ref("targets", "Its targets; every severity needs assign and resolve.")
                    | {"required": ["assign", "resolve"]},
                },
                ("targets",),
            ),
            minProperties=1,
            maxProperties=20,
        ),
        "types": named(
            "What kind of trouble a case is.",
            record(
                "A type of case.",
                {
                    "title": text("How screens name it; without it, its key.", "Service outage"),
                    "severity": ref("name", "The severity of such a case where nothing else says one."),
                    "definition": text("When a case is of this type."),
                    "examples": sequence("Real cases of this type, for people.", text("An example.")),
                    "grave": {
                        "type": "boolean",
                        "description": "Whether no silence and no maintenance window keeps its pages back;"
                        " without it, so for data_loss and security.",
                    },
                },
            ),
            maxProperties=200,
        ),
    },
    ("severities",),
)

TARGETS = _rules(
    "Stricter targets by plan, region or contract; the strictest of all that apply wins.",
    {
        "when": ref("condition", "When the rule applies; without it, always."),
        "severity": ref("name", "Only for cases of this severity."),
        "calendar": ref("name", "The calendar of its targets; without it, the severity's."),
        "targets": ref("targets", "The targets of those cases; only the clocks that it names."),
    },
    ("targets",),
    {
        "id": "premium",
        "when": 'account.plan == "premium"',
        "severity": "critical",
        "calendar": "always",
        "targets": {"contain": "2h", "resolve": {"in": "12h", "from": "opened"}},
    },
)

CLASSIFY = _rules(
    "In order; the first match sets each field that is still unset.",
    {
        "when": ref("condition", "Which cases the rule means."),
        "set": record(
            "What a match sets.",
            {
                "type": ref("name", "A type of the taxonomy."),
                "product_area": text("A product area of the taxonomy."),
                "severity": ref("name", "A severity of the taxonomy."),
            },
            minProperties=1,
        ),
    },
    ("when", "set"),
    {"id": "down", "when": 'case.text.matches("(?i)is down")', "set": {"type": "outage"}},
)

_VALUE = number("A share of the weight.", 0, 1)

SCORE = named(
    "The factors of the score, from 0 to 100: the sum of weight x value. Weights sum to 100.",
    record(
        "A factor: `from` a field with a `curve` or a `map`, or `when` a condition is true.",
        {
            "weight": number("How many points the factor can give.", 0, 100, 20),
            "from": text(
                "The field that it reads.",
                "case.users_affected",
                "account.arr",
                "account.segment",
                "case.severity",
                "case.attributes.seats",
                pattern=r"^(case|account)(\.[A-Za-z_][A-Za-z0-9_]*)+$",
                errorMessage="a field such as case.users_affected or account.arr",
            ),
            "curve": sequence(
                "Points [x, value] joined by lines; xs increase, values lie within 0 to 1.",
                {
                    "type": "array",
                    "prefixItems": [{"type": "number"}, _VALUE],
                    "minItems": 2,
                    "maxItems": 2,
                    "errorMessage": "a point [x, value]",
                },
                [[0, 0], [10, 0.3], [1000, 1]],
                minItems=2,
                maxItems=100,
            ),
            "map": {
                "type": "object",
                "description": "The value for each text of the field; others count as missing.",
                "examples": [{"strategic": 1, "enterprise": 0.8}],
                "additionalProperties": _VALUE,
                "minProperties": 1,
            },
            "when": ref("condition", "The condition under which the factor gives its points."),
            "value": number("The value where the condition is true.", 0, 1, default=1),
            "missing": number("The value where the fact is not known; shown as assumed.", 0, 1, default=0),
        },
        ("weight",),
        oneOf=[{"required": ["from"]}, {"required": ["when"]}],
        dependentSchemas={
            "from": {
                "oneOf": [{"required": ["curve"]}, {"required": ["map"]}],
                "errorMessage": "with `from` either `curve` or `map`",
            },
        },
        dependentRequired={"curve": ["from"], "map": ["from"], "value": ["when"]},
        errorMessage="either `from` or `when`",
        examples=[
            {"weight": 20, "from": "account.segment", "map": {"strategic": 1, "enterprise": 0.8}, "missing": 0.3},
            {"weight": 10, "when": 'case.tags.exists(t, t in ["press", "legal"])'},
        ],
    ),
    minProperties=1,
    maxProperties=100,
)


def _level(name: str, at: int) -> Schema:
    return record(
        f"From when a case is {name}, and what follows.",
        {
            "at": number("The score from which a case is at this level.", 0, 100, at),
            "path": ref("name", "The path of a technical escalation."),
            "relationship": ref("name", "The path of a relationship escalation."),
            "targets": ref("targets", "Targets of every case at this level, on the severity's calendar by default."),
        },
        ("at", "path"),
    )


LEVELS = record(
    "The thresholds of attention. People may raise a case to either level, so both have a path.",
    {"executive": _level("executive", 80), "senior": _level("senior", 60)},
    ("executive", "senior"),
)

MINIMUMS = _rules(
    "Guards that no arithmetic may undercut.",
    {
        "when": ref("condition", "Which cases the guard means."),
        "level": choice("The level that the case has at least.", "senior", "executive"),
        "kind": choice("Who is asked: engineers, or escalation manager and owner.", "technical", "relationship")
        | {"default": "technical"},
    },
    ("when", "level"),
    {"id": "critical", "when": 'case.severity == "critical"', "level": "senior"},
)

TRIAGE = record(
    "When a person is asked. The decision never waits for the answer.",
    {
        "expiry": ref("elapsed", "After how long a case just below a threshold takes the higher level.", default="15m"),
        "hold": ref("elapsed", "How long the first wake-up may be held where only text speaks.", default="2m"),
        "ask": sequence(
            "Why to ask.",
            record(
                "One reason: the score lies `within` so many points of a level, `when` a condition is true, or the"
                " decision is in doubt: `on`. Then a person is asked only where their answer would change level or"
                " team.",
                {
                    "id": ref("name", "How reasons name it."),
                    "within": number("Points to a level, above or below.", 0, 100, 3),
                    "when": ref("condition", "Also reads decision.level, decision.score, decision.evidence."),
                    "on": choice(
                        "A doubt. `words`: only the customer's words escalate the case. `conflict`: two rules of"
                        " `classify` differ. `incomplete`: a fact is missing that could carry the score across a level"
                        " `within` so many points, 10 where that is not said.",
                        *DOUBTS,
                    ),
                },
                ("id",),
                oneOf=[
                    {"required": ["within"], "not": {"required": ["on"]}},
                    {"required": ["when"]},
                    {"required": ["on"]},
                ],
                errorMessage="either `within` or `when` or `on`",
                examples=[
                    {"id": "near-threshold", "within": 3},
                    {"id": "text-only", "on": "words"},
                ],
            ),
            default=[],
            maxItems=100,
        ),
    },
)

ROUTE = _rules(
    "In order; the first match names the team. The last rule has no `when`, so that no case is without a team.",
    {
        "when": ref("condition", "When the rule applies; without it, always."),
        "team": ref("name", "The team that owns the case."),
        "assign": choice("Who in the team gets the ticket.", "oncall", "least_loaded", "none") | {"default": "none"},
    },
    ("team",),
    {"id": "billing", "when": 'case.product_area == "billing"', "team": "billing", "assign": "oncall"},
    {"id": "rest", "team": "support"},
) | {"minItems": 1}

DUTIES = named(
    "Who fills a duty, such as the director on duty.",
    sequence("All of them are notified.", ref("addressee"), ["user:dana"], minItems=1, maxItems=50),
    {"duty-director": ["user:dana"]},
)

PATHS = named(
    "Whom to notify in which order, and how long to wait for an answer.",
    record(
        "A path; its last step is the last resort.",
        {
            "leader": ref("addressee", "Who is notified when a target is missed and no step is left."),
            "steps": sequence(
                "The steps, in order.",
                record(
                    "A step notifies all at once.",
                    {
                        "notify": sequence(
                            "Whom to notify.", ref("addressee"), ["oncall:senior"], minItems=1, maxItems=50
                        ),
                        "wait": ref(
                            "elapsed",
                            "How long to wait; without it, as the step before (the first: 5m). A path that wakes nobody"
                            " waits in working hours.",
                        ),
                        "acknowledgements": integer("How many must answer.", 1, 50, default=1),
                    },
                    ("notify",),
                    examples=[{"notify": ["oncall:senior:backup", "lead:team"], "wait": "5m"}],
                ),
                minItems=1,
                maxItems=50,
            ),
            "repeat": integer("How many passes in all.", 1, 20, 3, default=1),
        },
        ("leader", "steps"),
    ),
    minProperties=1,
    maxProperties=200,
)

_FRACTIONS = sequence(
    "At which share of the target of `{}` to warn.",
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    [0.5, 0.8],
    uniqueItems=True,
    maxItems=10,
)

_KIND = record(
    "A clock of your own. How long it runs is said where all targets stand; it needs one somewhere.",
    {
        "title": text("What pages and messages call it; without it, its key.", "First response", maxLength=60),
        "when": ref(
            "condition",
            "Which cases have it; read when it would start and at each later decision. Also reads decision.level,"
            " decision.score, decision.evidence.",
        ),
        "start": ref("moment", "What starts it."),
        "restart": flag(
            "Whether it is restarted, as its next cycle, when that happens once more while it runs.", False
        ),
        "stop": sequence(
            "What stops it.", ref("moment"), ["customer_update"], minItems=1, maxItems=10, uniqueItems=True
        ),
        "pause": flag("Whether it stands while the case is on hold.", False),
        "followers": choice(
            "A case that follows another has it for itself, or what its parent does stops it, too.", "own", "parent"
        )
        | {"default": "own"},
        "excusable": flag("Whether a miss is excused where the case is corrected as a mistake.", True),
        "tell": sequence(
            "Who hears of its warnings and its miss; without it, those who work on the case, else their lead.",
            ref("told"),
            ["owner", "lead"],
            maxItems=20,
            uniqueItems=True,
        ),
        "warn": sequence(
            "At which share of its target to warn.",
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            [0.8],
            uniqueItems=True,
            maxItems=10,
        ),
    },
    ("start", "stop"),
)

CLOCKS = record(
    "How clocks behave.",
    {
        "kinds": named(
            "Clocks of your own, beside those that every policy has.",
            _KIND,
            {
                "reply": {
                    "title": "Next response",
                    "start": "customer_reply",
                    "stop": ["customer_update"],
                    "pause": True,
                }
            },
            maxProperties=20,
        ),
        "grace": ref("elapsed", "The least time left when a running clock is made stricter.", default="10m"),
        "pause": record(
            "Waiting on the customer.",
            {
                "clocks": sequence("Which clocks pause.", ref("clock"), uniqueItems=True, default=["resolve", "idle"]),
                "at_most": ref("elapsed", "After this time they run on.", default="72h"),
            },
        ),
        "warnings": record(
            "When to warn, by clock; where the key is given, a clock that it does not name is not warned of.",
            {clock: {**_FRACTIONS, "description": _FRACTIONS["description"].format(clock)} for clock in BUILT_IN},
            default={"contain": [0.5, 0.8], "resolve": [0.5, 0.8], "update": [0.8]},
        ),
    },
)

CASES = record(
    "Time limits in the life of a case.",
    {
        "reopen_within": ref("elapsed", "For this long, a signal for a resolved case reopens it.", default="7d"),
        "correct_within": ref("elapsed", "For this long, a lead may correct a mistaken case.", default="60m"),
        "request_answer": ref(
            "elapsed",
            "After this time an unanswered request is accepted, and an unconfirmed claim is told again.",
            default="30m",
        ),
        "acknowledgement": record(
            "How long an acknowledgement holds without activity.",
            {
                "critical": ref("elapsed", "Of a critical case.", default="60m"),
                "other": ref("elapsed", "Of any other.", default="4h"),
            },
        ),
    },
)

ON_CALL = record(
    "Who may be on call.",
    {
        "not_woken": choice(
            "What of people on a roster whom no destination wakes: the leads are told (`alarm`), or they may be on call"
            " so (`allow`).",
            "alarm",
            "allow",
            default="alarm",
        ),
    },
)

SAME_PROBLEM = record(
    "When an open case is taken for the problem of a new one; without this section, cases are not compared.",
    {
        "offer": number("From this likelihood on it is offered as the parent.", 0.05, 1, 0.5),
        "link": number("From this one on it is linked without a person, for the time being.", 0.5, 1, 0.98),
        "within": ref(
            "elapsed", "So long after the newest ticket of a problem another one may be of it.", default="24h"
        ),
    },
)

EVIDENCE = _rules(
    "What is fetched when a case is escalated, so that whoever is paged sees it beside the case.",
    {
        "on": choice(
            "What it fetches: " + "; ".join(f"`{kind.name}`: {kind.says}" for kind in COLLECTORS.values()) + ".",
            *COLLECTORS,
        ),
        "when": ref("condition", "For which cases; also reads decision.level. Without it: for each."),
        "url": text(
            "Where it asks, with places for facts of the case: {area}, {account}, {type}, {number}, {attribute:NAME},"
            " and of the span {from}, {to}, {from_unix}, {to_unix}, {day}.",
            "https://logs.example.com/api?service={area}&from={from}",
            pattern="^https?://",
            maxLength=2000,
            errorMessage="an address such as https://…",
        ),
        "query": text(
            "A query of Prometheus, with the same places within quotes.",
            'rate(http_errors_total{service="{area}"}[5m])',
            maxLength=2000,
        ),
        "window": ref("elapsed", "How far back it looks.", default="1h"),
        "secret": ref("name", "The name of a credential in TOCSIN_EVIDENCE_CREDENTIALS, sent as a bearer token."),
    },
    ("on",),
    {"id": "last-tickets", "on": "account_tickets"},
)

RISK = record(
    "Cases below an escalation that may yet become one are shown; without this section nothing is estimated.",
    {
        "miss_at_most": number("The share of cases that will escalate which may be missed.", 0.01, 0.5, 0.1),
    },
    ("miss_at_most",),
)

SUGGEST = record(
    "What a case is, suggested from how people have answered alike ones; without this section nothing is suggested.",
    {
        "confidence": number(
            "From which confidence on a suggestion sets the type or product area that no rule has set.", 0.5, 1, 0.9
        ),
    },
    ("confidence",),
)

STORM = record(
    "When many cases of one product area and type are escalated at once, further ones join one that pages for all.",
    {
        "enabled": flag("Whether it is looked for at all.", True),
        "more_than": integer("After how many escalations further ones join.", 1, 1000, default=5),
        "within": ref(
            "elapsed",
            "The time in which so many come. When no further one has come for so long, it is over.",
            default="10m",
        ),
    },
)

GOVERNANCE = record(
    "The steering committee; its conditions are checked, and nothing acts on them yet.",
    {
        "peak": record(
            "When the committee meets more often.",
            {
                "enter": ref(
                    "condition",
                    "When a peak begins; over counted series.",
                    examples=["open_escalations > 1.5 * median_8_weeks"],
                ),
                "leave": ref(
                    "condition",
                    "When it is over; over counted series.",
                    examples=["open_escalations < 1.1 * median_8_weeks"],
                ),
            },
            ("enter", "leave"),
        ),
        "meets": record(
            "How often it meets.",
            {
                name: choice(f"How often it meets {when}.", "daily", "weekly", "biweekly", "monthly")
                for name, when in (("peak", "at a peak"), ("normal", "otherwise"))
            },
        ),
    },
)
