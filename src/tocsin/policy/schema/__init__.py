"""The JSON Schema (2020-12) of the policy document: what editors complete from, and what `parse` checks first."""

import copy

from tocsin.policy.schema import sections
from tocsin.policy.schema.examples import EXAMPLES
from tocsin.policy.schema.parts import DEFS, Schema, record, ref, sequence, text
from tocsin.policy.schema.triggers import TRIGGERS_SECTION

WAKE = 'case.severity == "critical" || case.type in ["data_loss", "security"]'
"""Who is woken where the document says nothing."""

_MORE_DEFS: dict[str, Schema] = {
    "ranges": sequence(
        "Opening hours of a day; a range ends by 24:00, one over midnight is split.",
        text(
            "A range of hours.",
            "09:00-17:30",
            pattern=r"^\s*\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}\s*$",
            errorMessage="a range such as 09:00-17:30",
        ),
        ["09:00-12:30", "13:30-18:00"],
        title="opening hours",
        maxItems=48,
        errorMessage='a list of ranges such as ["09:00-12:30", "13:30-18:00"], or [] for a closed day',
    ),
    "day": text(
        "A day of the calendar, year first.",
        "2026-12-24",
        title="day",
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        errorMessage="a day such as 2026-12-24",
    ),
}


def schema() -> Schema:
    """A new copy of the schema, complete with descriptions and examples."""
    document = record(
        "What is done with each case: the only place where criteria live.",
        {
            "name": text("What the policy is called.", "Acme support", maxLength=200),
            "calendars": sections.CALENDARS,
            "default_severity": ref("name", "The severity of a case of which nothing says one.", examples=["medium"]),
            "taxonomy": sections.TAXONOMY,
            "targets": sections.TARGETS,
            "classify": sections.CLASSIFY,
            "score": sections.SCORE,
            "levels": sections.LEVELS,
            "minimums": sections.MINIMUMS,
            "triage": sections.TRIAGE,
            "route": sections.ROUTE,
            "duties": sections.DUTIES,
            "paths": sections.PATHS,
            "clocks": sections.CLOCKS,
            "cases": sections.CASES,
            "on_call": sections.ON_CALL,
            "same_problem": sections.SAME_PROBLEM,
            "evidence": sections.EVIDENCE,
            "risk": sections.RISK,
            "suggest": sections.SUGGEST,
            "storm": sections.STORM,
            "wake": ref("condition", "Which escalations may wake people at night.", default=WAKE),
            "triggers": TRIGGERS_SECTION,
            "communication": {
                "type": "object",
                "description": "Cadence, audiences and approval of messages; not used yet.",
            },
            "governance": sections.GOVERNANCE,
            "examples": EXAMPLES,
        },
        ("name", "default_severity", "taxonomy", "score", "levels", "route", "paths"),
    )
    return copy.deepcopy(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:tocsin:policy",
            "title": "Tocsin policy",
            **document,
            "$defs": DEFS | _MORE_DEFS,
        }
    )
