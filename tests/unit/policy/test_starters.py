"""The starter policies: their examples are tests, every rule fires in one, and their promises hold."""

from typing import Any

import pytest

from tests.unit.policy.policies import NIGHT, NOON, starter
from tocsin.clocks.kinds import ACKNOWLEDGE, BUILT_IN
from tocsin.core.errors import NotFound
from tocsin.policy import starters
from tocsin.policy.body import CaseBody
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.document import parse
from tocsin.policy.examples import DEFAULT_TIME, run_example, run_examples
from tocsin.policy.facts import facts_of

EXAMPLES = [
    pytest.param(name, example, id=f"{name}: {example.name}")
    for name in starters.NAMES
    for example in starter(name).document.examples
]
every_starter = pytest.mark.parametrize("name", starters.NAMES)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_example(name: str, example: Any) -> None:
    result = run_example(starter(name), example)
    assert result.error is None
    assert result.got == result.expected
    assert result.ok


@every_starter
def test_every_rule_and_every_minimum_fires_in_an_example(name: str) -> None:
    policy = starter(name)
    results = run_examples(policy.document)
    assert len(results) >= 12
    fired = {rule for result in results for rule in result.rules}
    rules = {condition.id for condition in policy.conditions}
    rules |= {asker.id for asker in policy.askers} | {way.id for way in policy.ways}
    rules |= {rule for _, _, rule in policy.target_rules}
    assert rules - fired == set()


@every_starter
@pytest.mark.parametrize(
    "subject",
    [
        "The drop-down menu is broken",
        "Please slow down the animation",
        "We need 500 licences",
        "Scroll down to see the total",
        "Our sales are down 20 %",
        "We want to cut down on reports",
        "A countdown on the start page",
        "How do I download the file?",
        "Breakdown of costs by month",
        "When is the next planned outage?",
        "Thank you for the quick answer",
    ],
)
def test_words_that_only_look_like_an_outage(name: str, subject: str) -> None:
    decision = decided(name, subject=subject)
    assert (decision.level, decision.type == "outage") == ("standard", False), decision.reasons


@every_starter
@pytest.mark.parametrize(
    "subject", ["The system is down", "SYSTEM DOWN", "Website offline!", "Server unreachable", "503 errors", "Outage"]
)
def test_words_of_an_outage(name: str, subject: str) -> None:
    decision = decided(name, subject=subject)
    assert (decision.type, decision.severity, decision.level) == ("outage", "critical", "senior")


@every_starter
def test_the_critical_path_reaches_backup_and_director_and_repeats(name: str) -> None:
    path = starter(name).document.paths["senior"]
    waited = [sum(step.wait.microseconds for step in path.steps[:position]) // 60_000_000 for position in range(3)]
    assert waited == [0, 5, 10]
    assert path.steps[0].notify == ("oncall:senior",)
    assert "oncall:senior:backup" in path.steps[1].notify
    assert path.steps[2].notify == ("role:duty-director",)
    assert path.repeat == 3


@every_starter
def test_duties_name_the_first_administrator_and_acknowledgements_are_not_warned_of(name: str) -> None:
    document = starter(name).document
    assert set(document.duties) == {"duty-director", "escalation-manager"}
    assert all(people == ("user:admin",) for people in document.duties.values())
    warnings = {clock: shares for clock, shares in document.clocks.warnings.items() if clock in BUILT_IN}
    assert warnings == {"update": (0.8,), "contain": (0.5, 0.8), "resolve": (0.5, 0.8)}


@every_starter
def test_a_first_and_a_next_response_are_promised_for_every_severity(name: str) -> None:
    document = starter(name).document
    assert {"respond", "reply"} <= document.clocks.declared().keys()
    assert all({"respond", "reply"} <= severity.targets.keys() for severity in document.severities.values())


@every_starter
def test_who_may_not_be_woken_is_not_timed_at_night(name: str) -> None:
    for example in starter(name).document.examples:
        decision = decide(starter(name), facts_of(example.given), NIGHT)
        if decision.escalated and not decision.wake:
            assert decision.targets[ACKNOWLEDGE].calendar != "always", example.name


def test_the_starters_are_read_by_name() -> None:
    assert parse(starters.text()).name == "B2B software as a service"
    with pytest.raises(NotFound, match="it-service-desk"):
        starters.text("acme")


@pytest.mark.parametrize("word", ["high", "1 - High", "1", 1])
def test_impact_in_any_spelling_counts_for_the_score(word: object) -> None:
    decision = decided("it-service-desk", subject="x", attributes={"impact": word})
    assert decision.factors[0].points == 30


@pytest.mark.parametrize(
    ("impact", "urgency", "severity"),
    [
        ("1 - High", "1 - High", "critical"),
        ("1 - High", "2 - Medium", "high"),
        ("2 - Medium", "1 - High", "high"),
        ("2 - Medium", "2 - Medium", "medium"),
        ("1 - High", "3 - Low", "medium"),
        ("3 - Low", "1 - High", "medium"),
        ("2 - Medium", "3 - Low", "low"),
        ("3 - Low", "2 - Medium", "low"),
        ("3 - Low", "3 - Low", "low"),
    ],
)
def test_the_priority_matrix(impact: str, urgency: str, severity: str) -> None:
    decision = decided("it-service-desk", subject="x", attributes={"impact": impact, "urgency": urgency})
    assert decision.severity == severity
    assert decision.level == ("senior" if severity == "critical" else "standard")


def test_examples_are_decided_on_a_wednesday_noon() -> None:
    assert DEFAULT_TIME == NOON


def decided(name: str, **body: Any) -> Decision:
    return decide(starter(name), facts_of(body), NOON)


DOWN = [
    "Checkout is down",
    "Search is down",
    "Email delivery is down",
    "The booking engine is completely down since nine",
    "Server not reachable",
    "Nothing works",
    "Everything is broken",
    "Payments are failing for all customers",
    "Login is broken for everyone",
    "Reports do not load for any of us, and exports are not working for all our users",
    "We cannot process any orders",
]
NOT_DOWN = [
    "Our conversion rate is down since the last release",
    "Usage is down, can you help us to understand why?",
    "The list is down to three entries",
    "The drop-down for everyone is too narrow",
    "Please slow down the animation for all users",
    "We cannot find the setting",
]


@pytest.mark.parametrize("starter_name", ["b2b-saas", "it-service-desk"])
@pytest.mark.parametrize("subject", DOWN)
def test_what_says_that_nothing_works_is_an_outage(starter_name: str, subject: str) -> None:
    decision = decide(starter(starter_name), facts_of(CaseBody(subject=subject, users_affected=800)), NOON)
    assert (decision.type, decision.severity) == ("outage", "critical")
    assert decision.escalated


@pytest.mark.parametrize("starter_name", starters.NAMES)
@pytest.mark.parametrize("subject", NOT_DOWN)
def test_what_is_down_without_being_broken_is_none(starter_name: str, subject: str) -> None:
    assert decide(starter(starter_name), facts_of(CaseBody(subject=subject)), NOON).type != "outage"


def test_who_was_hacked_has_a_security_incident() -> None:
    decision = decide(starter("b2b-saas"), facts_of(CaseBody(subject="We were hacked")), NOON)
    assert (decision.type, decision.level) == ("security", "senior")


AVAST = "\n\nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com"
MAILSCANNER = (
    "\n\n-- \nThis message has been scanned for viruses and dangerous content by MailScanner: no threats found."
)
LEGAL = (
    "\n\nIf you are not the intended recipient, any unauthorised access to this e-mail is prohibited. We are not liable"
)
LEGAL += " for any virus or data breach that this message may cause."
HISTORY = (
    "\n\nOn Mon, Nov 30, 2026 at 9:14 AM Acme <help@acme.example> wrote:\n> The API is down, everybody is locked out"
)
OUTLOOK = (
    "\n\nFrom: Jane\nSent: 30 November 2026 09:14\nTo: Support\nSubject: Outage\n\nThe site is down for all of us."
)

MISLEADING = [
    ("SLA breached on ticket 4711", None),
    ("SLA breach warning for ticket 4711", None),
    ("The response time target was breached", None),
    ("Breach of contract", None),
    ("My scanner wants an update", None),
    ("My virus scanner wants an update", None),
    ("Antivirus update available", None),
    ("Renewal of our antivirus", "Which virus scanner do you recommend against malware and ransomware?"),
    ("Scan report", "The scan is complete. No threats found, no outage."),
    ("Weekly report", "No outages this week."),
    ("Was there an outage yesterday?", None),
    ("What happens when the API is down?", "We are planning."),
    ("How do you inform us if the system is down?", None),
    ("Nothing is down, I only have a question", None),
    ("How do I rename a report?", f"I do not find it.{AVAST}"),
    ("How do I rename a report?", f"I do not find it.{MAILSCANNER}"),
    ("How do I rename a report?", f"I do not find it.{LEGAL}"),
    ("Re: API is slow", f"All fine again, thank you.{HISTORY}"),
    ("Re: your ticket", f"Thank you, it works.{OUTLOOK}"),
    ("Printer toner", "Please send toner.\n-- \nJane Doe\nHead of Outage and Security Incident Management"),
    ("Phishing training", "When is the next one?"),
    ("How do I protect our users against phishing?", None),
    ("Your offer is on fire", "Prices exploded, though."),
    ("Quality is compromised", "by the new layout"),
]


@every_starter
@pytest.mark.parametrize(("subject", "body"), MISLEADING)
def test_words_that_mislead_wake_nobody(name: str, subject: str, body: str | None) -> None:
    decision = decided(name, subject=subject, body=body)
    assert (decision.level, decision.wake) == ("standard", False), decision.reasons


REAL = [
    ("The API is down", None),
    ("THE API IS DOWN!!!", None),
    ("Outage", None),
    ("We have an outage", None),
    ("Major outage since 9", None),
    ("Is this an outage?", "All users are locked out."),
    ("Urgent", f"The system is down.{AVAST}{LEGAL}"),
    ("Help", f"The system is down.{MAILSCANNER}"),
    ("Re: your ticket", f"The system is down again.{HISTORY}"),
    ("FW: Outage", f"Can you help?{OUTLOOK}"),
    ("Help", "The \uff33\uff39\uff33\uff34\uff25\uff2d is\u00a0d\u200bo\u200bw\u200bn"),
    ("Help", "The sys\u00adtem is down"),
    ("Help", "The system\r\n\r\nThe system is down\r\nsince nine"),
    ("Nobody can\u2019t complain", "the server is unreachable"),
]


@every_starter
@pytest.mark.parametrize(("subject", "body"), REAL)
def test_what_is_real_is_escalated_whatever_stands_around_it(name: str, subject: str, body: str | None) -> None:
    decision = decided(name, subject=subject, body=body)
    assert (decision.type, decision.level, decision.wake) == ("outage", "senior", True), decision.reasons


INCIDENTS = [
    ("b2b-saas", "We were hacked"),
    ("b2b-saas", "Our API keys were leaked"),
    ("b2b-saas", "Our admin account has been compromised"),
    ("b2b-saas", "Ransomware attack on our tenant"),
    ("b2b-saas", "Ransomware on all our servers"),
    ("b2b-saas", "Data breach at your side?"),
    ("b2b-saas", "A colleague fell for a phishing mail"),
    ("b2b-saas", "Unauthorised access to our workspace"),
    ("it-service-desk", "There is a virus on my laptop"),
    ("it-service-desk", "My laptop has a virus"),
    ("it-service-desk", "I think it was phishing"),
    ("it-service-desk", "I clicked on a phishing link"),
    ("it-service-desk", "Malware was found on my PC"),
    ("it-service-desk", "My laptop was stolen"),
    ("it-service-desk", "My account has been hacked"),
]


@pytest.mark.parametrize(("name", "subject"), INCIDENTS)
def test_what_is_a_security_incident(name: str, subject: str) -> None:
    decision = decided(name, subject=subject)
    assert (decision.type, decision.level) == ("security", "senior"), decision.reasons


@pytest.mark.parametrize(
    "subject",
    [
        "Your charger caught fire",
        "The battery is on fire",
        "My phone exploded",
        "There is smoke coming from the plug",
        "My son was taken to the hospital",
        "I got an electric shock",
        "She was injured by it",
    ],
)
def test_what_is_a_danger_to_people(subject: str) -> None:
    decision = decided("consumer", subject=subject)
    assert (decision.type, decision.level, decision.wake) == ("safety", "senior", True)


URGENT = [
    "Urgent",
    "URGENT",
    " urgent ",
    "1 - Critical",
    "1-critical",
    "Critical",
    "Highest",
    "P1",
    "p 1",
    "P-1 (urgent)",
]
URGENT += [
    "Sev 1",
    "SEV-1",
    "sev1",
    "Severity 1",
    "blocker",
    "Blocker!",
    "Priority: 1",
    "1",
    "\uff35rgent",
    "1 \u2013 Critical",
]
GRAVITY = ["low", "medium", "high", "critical"]


@every_starter
@pytest.mark.parametrize("priority", URGENT)
def test_what_the_customer_calls_urgent_counts_in_every_type(name: str, priority: str) -> None:
    document = starter(name).document
    for kind in [None, *document.types]:
        calm, urgent = (decided(name, subject="x", type=kind, priority=each) for each in (None, priority))
        assert urgent.evidence == "person", kind
        step = GRAVITY.index(urgent.severity) - GRAVITY.index(calm.severity)
        assert step == (1 if calm.severity in ("low", "medium") else 0), kind
        assert (urgent.level, urgent.wake) == (calm.level, calm.wake), "the word alone wakes nobody"


@every_starter
@pytest.mark.parametrize(
    "priority", ["Normal", "Low", "3 - Moderate", "4 - Low", "Not urgent", "non-critical", "P3", "10", "-"]
)
def test_what_the_customer_does_not_call_urgent(name: str, priority: str) -> None:
    assert decided(name, subject="x", priority=priority).severity == starter(name).document.default_severity
    assert decided(name, subject="x", priority=priority).evidence == "text"


@every_starter
def test_a_starter_says_at_its_top_of_which_language_its_words_are(name: str) -> None:
    top = starters.text(name).partition("\nname:")[0]
    assert "are English" in top
    assert "set: {type: outage}" in top


BREAKS = ["  ", "\n", "\r\n", "\t", "\u00a0", " \n ", "\u2028", "\u3000"]


@every_starter
@pytest.mark.parametrize("between", BREAKS, ids=[each.encode("unicode_escape").decode() for each in BREAKS])
@pytest.mark.parametrize(
    "words",
    [
        "Our checkout is down since nine",
        "The kiosk of the shop is down please help",
        "Everything is completely down , for all users",
        "We see a service outage",
    ],
)
def test_where_a_line_is_broken_says_nothing(name: str, words: str, between: str) -> None:
    plain = decided(name, subject="Help", body=words)
    assert plain.type in ("outage", "incident")
    again = decided(name, subject="Help", body=between.join(words.split(" ")))
    assert (again.type, again.severity, again.level, again.wake) == (
        plain.type,
        plain.severity,
        plain.level,
        plain.wake,
    )


@every_starter
@pytest.mark.parametrize(
    ("words", "down"),
    [
        ("Production system was down yesterday, all good", False),
        ("The server was down last night but everything is fine", False),
        ("The site went down at nine. It is back up", True),
        ("The server was down yesterday and is down again", True),
        ("The server was down yesterday and still is", True),
        ("The server was down all morning", True),
    ],
)
def test_what_is_over_is_no_outage(name: str, words: str, down: bool) -> None:
    assert (decided(name, subject="Hello", body=words).type in ("outage", "incident")) is down
