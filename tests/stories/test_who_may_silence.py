"""Who may end the paging of a case: a table of people and verbs; and what everybody else is told."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    account,
    act,
    at,
    climbs,
    events,
    link,
    on_call,
    opened,
    paged,
    signal,
    state,
    told,
    until,
)
from tests.testing import World
from tocsin.cases import acting, actions, staging, verbs
from tocsin.cases.acting import Plan
from tocsin.cases.queries.urgency import standing
from tocsin.cases.verbs.override import Overriding
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import Forbidden, NotAllowed, TocsinError
from tocsin.core.wording import plain
from tocsin.people import directory
from tocsin.people.permissions import Viewer
from tocsin.roster import schedules

NINE = at("2026-03-04T09:00:00Z")
TOP = OUTAGE | {"users_affected": 100}  # executive: engineers and the duty director
ASKED = TOP | {"users_affected": 96}  # the same, and close to the threshold, so triage asks
STAFF = {
    "admin": "admin",  # the duty director
    "anna": "agent",
    "bo": "agent",
    "carl": "senior",
    "dora": "senior",
    "lea": "lead",
    "mia": "escalation_manager",
    "otto": "account_owner",
    "sam": "senior",  # of the owning team, on no roster
    "stranger": "senior",  # of another team, which they lead
    "root": "admin",  # administers, and is on no path
    "lin": "lead",  # of another team
}
PAGED_OR_OF_THE_TEAM = {"admin", "carl", "dora", "lea", "mia", "sam"}


@pytest.fixture
def here(stage: Stage) -> World:
    """`senior` has carl and dora, and `support` sam."""
    made = stage(start=NINE, people={name: role for name, role in STAFF.items() if name not in ("sam", "stranger")})
    installation = made.installation

    kit = installation.mint, installation.journal

    def write(tx: Any) -> None:
        directory.add_user(tx, *kit, "stranger", by="test", role="senior")
        sam = directory.add_user(tx, *kit, "sam", by="test", role="senior")
        theirs = directory.load(tx).by_name["stranger"].id
        directory.add_team(tx, *kit, "elsewhere", by="test", lead=theirs, roster=None, people=())
        members = directory.load(tx).teams["support"].members
        directory.change_team(tx, *kit, "support", {"members": [*members, sam]}, by="test")

    installation.writer.write(write)
    return made


def machine(here: World, role: str = "admin") -> Viewer:
    return Viewer("token:sync", role, token=here.installation.mint.new(here.clock.now()))  # type: ignore[arg-type]


def pages_on(here: World, case: int) -> bool:
    return any(climb.state in ("climbing", "exhausted", "unheard") for climb in state(here, case).escalations)


def tried(here: World, case: int, plan: Plan) -> TocsinError | None:
    try:
        act(here, case, plan)
    except TocsinError as refusal:
        return refusal
    return None


def test_who_acknowledges_an_executive_escalation(here: World) -> None:
    may = set()
    for name in STAFF:
        case = opened(here, TOP)
        refusal = tried(here, case, verbs.acknowledge(here.viewer(name)))
        if refusal is None:
            may.add(name)
            assert climbs(here, case)[0] == ("top", "acknowledged")
        else:
            assert isinstance(refusal, Forbidden), name
            assert pages_on(here, case), name
            assert refusal.expected == f"{on_call(here)} or admin, who were paged", name
    assert may == PAGED_OR_OF_THE_TEAM


@pytest.mark.parametrize("role", ["admin", "senior", "escalation_manager", "lead"])
def test_a_token_that_is_nobody_s_ends_no_paging(here: World, role: str) -> None:
    sync = machine(here, role)
    tries: dict[str, Plan] = {
        "acknowledge": verbs.acknowledge(sync),
        "decline": verbs.decline(sync),
        "lower": verbs.lower(sync, "standard", "r"),
        "override": verbs.override(sync, reason="r", level="standard"),
        "correct": verbs.correct(sync, "false_alarm", "r"),
        "contain": verbs.contain(sync),
        "resolve": verbs.resolve(sync),
        "confirm": verbs.confirm_resolution(sync),
        "hold": verbs.hold(sync, "r"),
        "close": verbs.close(sync),
    }
    case = opened(here, TOP)
    refused = {name for name, plan in tries.items() if tried(here, case, plan) is not None}
    assert refused == {"acknowledge", "decline", "lower", "override", "correct", "confirm", "close"}
    assert pages_on(here, case)
    assert state(here, case).case.state == "open"
    before = len(paged(here))
    until(here, NINE + 6 * MINUTE)
    assert len(paged(here)) > before, "and the next step follows"


@pytest.mark.parametrize("name", ["stranger", "root", "lin"])
def test_containment_counts_as_an_answer_only_from_those_who_may_answer(here: World, name: str) -> None:
    mine, claimed = opened(here, TOP), opened(here, TOP)
    act(here, mine, verbs.contain(here.viewer(name)))
    act(here, claimed, verbs.contain(here.viewer("anna")))
    act(here, claimed, verbs.confirm_containment(here.viewer(name)))
    for case in (mine, claimed):
        found = state(here, case).case
        assert (found.contained_at, found.acknowledged_at, found.technical_lead) == (NINE, None, None)
        assert climbs(here, case) == [("top", "climbing")]
    before = len(paged(here))
    until(here, NINE + 6 * MINUTE)
    assert len(paged(here)) > before


@pytest.mark.parametrize("name", ["stranger", "root", "lin"])
def test_while_people_are_paged_a_resolution_is_confirmed_by_those_who_may_answer(here: World, name: str) -> None:
    mine, claimed = opened(here, TOP), opened(here, TOP)
    act(here, mine, verbs.resolve(here.viewer(name)))
    act(here, claimed, verbs.resolve(here.viewer("anna")))
    with pytest.raises(Forbidden, match="not paged") as refused:
        act(here, claimed, verbs.confirm_resolution(here.viewer(name)))
    assert refused.value.expected == f"{on_call(here)} or admin, who were paged"
    for case in (mine, claimed):
        found = state(here, case).case
        assert (found.state, found.resolution_claimed_at) == ("open", NINE)
        assert pages_on(here, case)
    act(here, claimed, verbs.acknowledge(here.viewer("carl")))
    act(here, claimed, verbs.confirm_resolution(here.viewer(name)))
    assert state(here, claimed).case.state == "resolved", "nobody is paged any more"


@pytest.mark.parametrize("name", sorted(PAGED_OR_OF_THE_TEAM - {"admin"}))
def test_whoever_may_answer_contains_and_resolves_at_once(here: World, name: str) -> None:
    contained, solved = opened(here, TOP), opened(here, TOP)
    act(here, contained, verbs.contain(here.viewer(name)))
    assert climbs(here, contained) == [("top", "acknowledged")]
    act(here, solved, verbs.resolve(here.viewer(name)))
    assert state(here, solved).case.state == "resolved"


def test_whoever_has_the_case_resolves_it_while_somebody_is_paged_for_the_customer(here: World) -> None:
    case = opened(here, TOP | {"sentiment": "angry"})
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case) == [("top", "acknowledged"), ("care", "climbing")]
    act(here, case, verbs.resolve(here.viewer("stranger")))
    assert state(here, case).case.state == "open"
    act(here, case, verbs.confirm_resolution(here.viewer("carl")))
    assert state(here, case).case.state == "resolved"


# What a person says so that the paging ends: who may say it, and who is told whom to ask instead. Whoever's role alone
# does not allow it is told so.
STEERING: dict[str, tuple[Callable[[Viewer], Plan], set[str], set[str]]] = {
    "lower": (lambda who: verbs.lower(who, "standard", "r"), {"admin", "lea", "mia"}, {"root", "lin"}),
    "lower a little": (lambda who: verbs.lower(who, "senior", "r"), {"admin", "lea", "mia"}, {"root", "lin"}),
    "override the level": (
        lambda who: verbs.override(who, reason="r", level="senior"),
        {"admin", "lea", "mia"},
        {"root", "lin"},
    ),
    "answer triage": (lambda who: verbs.answer_triage(who, "standard", "r"), {"admin", "lea", "mia"}, {"root", "lin"}),
    "correct": (lambda who: verbs.correct(who, "false_alarm", "r"), {"admin", "lea"}, {"root", "lin"}),
}


@pytest.mark.parametrize("what", STEERING)
def test_who_steers_a_case_so_that_its_paging_ends(here: World, what: str) -> None:
    plan, expected, asks = STEERING[what]
    may, told_whom = set(), set()
    for name in STAFF:
        case = opened(here, ASKED if what == "answer triage" else TOP)
        refusal = tried(here, case, plan(here.viewer(name)))
        if refusal is None:
            may.add(name)
            continue
        assert isinstance(refusal, Forbidden), f"{name}: {refusal}"
        assert pages_on(here, case), name
        assert state(here, case).case.level in ("senior", "executive"), name
        if "not paged" in refusal.detail:
            told_whom.add(name)
            expected_of = str(refusal.expected)
            assert not {"carl", "dora"} & set(re.findall(r"\w+", expected_of)), "who may answer, but not steer"
            assert "admin" in expected_of or "lea" in expected_of, expected_of
    assert (may, told_whom) == (expected, asks)


@pytest.mark.parametrize("name", ["root", "lin"])
def test_once_somebody_has_answered_every_lead_may_steer(here: World, name: str) -> None:
    lowered, corrected = opened(here, OUTAGE), opened(here, OUTAGE)
    for case in (lowered, corrected):
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, lowered, verbs.lower(here.viewer(name), "standard", "r"))
    act(here, corrected, verbs.correct(here.viewer(name), "false_alarm", "r"))
    assert [state(here, case).case.level for case in (lowered, corrected)] == ["standard", "standard"]


def test_whoever_may_steer_no_case_that_pages_is_told_who_acknowledges_first(here: World) -> None:
    installation = here.installation
    kit = installation.mint, installation.journal
    installation.writer.write(
        lambda tx: directory.change_team(tx, *kit, "support", {"lead": here.viewer("bo").user}, by="test")
    )
    case = opened(here, QUESTION | {"sentiment": "angry"})
    with pytest.raises(Forbidden, match="not paged") as refused:
        act(here, case, verbs.correct(here.viewer("lin"), "false_alarm", "r"))
    assert refused.value.expected == "an acknowledgement first, by mia, who was paged"


MAY_MOVE = PAGED_OR_OF_THE_TEAM


def test_who_moves_a_case_to_another_team_while_people_are_paged(here: World) -> None:
    plan = Overriding(reason="it is theirs", team="elsewhere")
    may = set()
    for name in STAFF:
        case = opened(here, TOP)
        refusal = tried(here, case, verbs.override.by(here.viewer(name), plan))
        if refusal is None:
            may.add(name)
            continue
        assert isinstance(refusal, Forbidden), name
        assert refusal.expected == f"{on_call(here)} or admin, who were paged"
        assert state(here, case).case.team == "support"
        act(here, case, verbs.override(here.viewer(name), reason="r", team="support"))
    assert may == MAY_MOVE
    case = opened(here, TOP)
    assert isinstance(tried(here, case, verbs.override.by(machine(here), plan)), Forbidden)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.override.by(here.viewer("anna"), plan))
    assert state(here, case).case.team == "elsewhere", "nobody is paged any more"


@pytest.mark.parametrize("kind", ["parent", "merged"])
def test_nor_does_it_join_a_case_of_another_team(here: World, kind: str) -> None:
    theirs, case = opened(here, QUESTION), opened(here, TOP)
    act(here, theirs, verbs.override(here.viewer("anna"), reason="r", team="elsewhere"))
    with pytest.raises(Forbidden, match="not paged"):
        link(here, "stranger", case, kind, theirs)
    assert pages_on(here, case)
    link(here, "lea", case, kind, theirs)
    assert pages_on(here, theirs)


def test_nobody_becomes_whom_the_path_calls_by_naming_their_own_account(here: World) -> None:
    account(here, "acme", "otto")
    angry = QUESTION | {"sentiment": "angry"}
    case = opened(here, angry, source="zendesk", external_id="Z-1")
    with pytest.raises(Forbidden, match="not paged") as refused:
        signal(here, here.viewer("otto"), source="zendesk", external_id="Z-1", account={"external_id": "acme"})
    assert refused.value.expected == "mia, who was paged"
    assert state(here, case).case.account is None
    signal(here, here.viewer("anna"), source="zendesk", external_id="Z-1", account={"external_id": "acme"})
    assert state(here, case).case.account is not None
    act(here, case, verbs.acknowledge(here.viewer("otto")))


Try = Callable[[World, Viewer, int], None]


def joining(kind: str) -> Try:
    def attempt(here: World, who: Viewer, case: int) -> None:
        link(here, who.name, case, kind, opened(here, QUESTION))

    return attempt


def doing(plan: Callable[[Viewer], Plan]) -> Try:
    def attempt(here: World, who: Viewer, case: int) -> None:
        act(here, case, plan(who))

    return attempt


# Everything that an agent might try, so that the telephone stops. None of it does.
ATTEMPTS: dict[str, Try] = {
    "acknowledge": doing(verbs.acknowledge),
    "decline": doing(verbs.decline),
    "hold": doing(lambda who: verbs.hold(who, "r")),
    "contain": doing(verbs.contain),
    "resolve": doing(verbs.resolve),
    "lower": doing(lambda who: verbs.lower(who, "standard", "r")),
    "correct": doing(lambda who: verbs.correct(who, "false_alarm", "r")),
    "override level": doing(lambda who: verbs.override(who, reason="r", level="standard")),
    "override severity": doing(lambda who: verbs.override(who, reason="r", severity="low")),
    "override kind": doing(lambda who: verbs.override(who, reason="r", severity="critical", kind="relationship")),
    "override team": doing(lambda who: verbs.override(who, reason="r", team="elsewhere")),
    "assign": doing(lambda who: verbs.assign(who, who.name)),
    "close": doing(verbs.close),
    "confide": doing(lambda who: verbs.restrict(who, [], "r")),
    "triage": doing(lambda who: verbs.answer_triage(who, "standard", "r")),
    "request": doing(lambda who: verbs.request(who, "executive", "r")),
    "note": doing(lambda who: verbs.note(who, "I look at it.")),
    "relieve": doing(lambda who: verbs.extend(who, "acknowledge", NINE + 9 * HOUR, "r")),
    "follow a quiet case": joining("parent"),
    "merge into a quiet case": joining("merged"),
}


@pytest.mark.parametrize("name", ["anna", "otto", "lin"])
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_whatever_one_who_is_not_called_does_somebody_is_paged_at_the_next_step(
    here: World, attempt: str, name: str
) -> None:
    case = opened(here, TOP)
    until(here, NINE + MINUTE)
    before = len(paged(here))
    try:
        ATTEMPTS[attempt](here, here.viewer(name), case)
    except TocsinError:
        assert pages_on(here, case)
    until(here, NINE + 12 * MINUTE)
    assert len(paged(here)) > before
    until(here, NINE + 3 * HOUR)
    assert {"carl", "dora", "admin"} <= {to for _, to in paged(here)}


def test_what_actions_say_is_what_happens(here: World) -> None:
    """By one rule: each person, each of these verbs, on a case whose page nobody has answered."""
    for name in STAFF:
        who = here.viewer(name)
        tries: dict[AnyVerb, acting.Plan] = {
            verbs.acknowledge: verbs.acknowledge(who),
            verbs.decline: verbs.decline(who),
            verbs.lower: verbs.lower(who, "standard", "r"),
            verbs.correct: verbs.correct(who, "false_alarm", "r"),
            verbs.hold: verbs.hold(who, "r"),
            verbs.confirm_resolution: verbs.confirm_resolution(who),
        }
        for verb, plan in tries.items():
            case = opened(here, TOP)
            if verb is verbs.confirm_resolution:
                act(here, case, verbs.resolve(here.viewer("anna")))
            with here.installation.database.reading(here.clock.now()) as tx:
                held = state(here, case)
                scene = staging.scenes(tx, here.installation.desk, [held])[case]
                said = actions.why_not(who, verb, held, scene)
            refusal = tried(here, case, plan)
            assert (said is None) == (refusal is None), f"{name} {verb}: {said} {refusal}"
            assert refusal is None or plain(said).startswith(refusal.detail)


def test_an_escalation_too_old_to_be_corrected_offers_no_correction(here: World) -> None:
    case = opened(here, TOP)
    until(here, NINE + 2 * HOUR)
    with here.installation.database.reading(here.clock.now()) as tx:
        held = state(here, case)
        scene = staging.scenes(tx, here.installation.desk, [held])[case]
        said = actions.why_not(here.viewer("lea"), verbs.correct, held, scene)
    assert plain(said) == "more than 60 minutes have passed; needed: lower the case, then give its clocks more time"


def test_whoever_is_named_by_the_account_may_answer_its_path_and_no_other(here: World) -> None:
    account(here, "acme", "otto")
    both = TOP | {"sentiment": "angry", "account": {"external_id": "acme"}}
    case = opened(here, both)
    assert climbs(here, case) == [("top", "climbing"), ("care", "climbing")]
    act(here, case, verbs.acknowledge(here.viewer("otto")))
    assert climbs(here, case) == [("top", "climbing"), ("care", "acknowledged")]
    with pytest.raises(Forbidden, match="not paged"):
        act(here, case, verbs.acknowledge(here.viewer("otto")))


def test_whoever_was_paged_and_is_off_duty_now_may_still_answer(here: World) -> None:
    case, first = opened(here, TOP), on_call(here)
    spec = {"members": ["stranger"], "zone": "Europe/Berlin", "handoff": "mon 09:00"}

    installation = here.installation
    installation.writer.write(
        lambda tx: schedules.put(tx, installation.mint, installation.journal, "senior", spec, by="test")
    )
    act(here, case, verbs.acknowledge(here.viewer(first)))
    assert climbs(here, case) == [("top", "acknowledged")]


def test_a_case_joins_one_that_somebody_has_who_may_answer_it_and_hears_of_it(here: World) -> None:
    has, case = opened(here, TOP), opened(here, TOP)
    act(here, has, verbs.acknowledge(here.viewer("carl")))
    link(here, "anna", case, "parent", has)
    assert not pages_on(here, case)
    assert state(here, case).case.technical_lead == here.viewer("carl").user
    assert told(here, has, "joined") == [(NINE, ["carl"])]
    assert "anna" in events(here, has, "case.alerted")[-1].payload["says"]


@pytest.mark.parametrize("kind", ["parent", "merged"])
def test_a_case_joins_no_case_whose_holder_may_not_answer_it(here: World, kind: str) -> None:
    has = opened(here, TOP)
    act(here, has, verbs.acknowledge(here.viewer("carl")))
    installation, carl = here.installation, here.viewer("carl").user
    kit = installation.mint, installation.journal
    installation.writer.write(lambda tx: directory.change_user(tx, *kit, "carl", {"role": "agent"}, by="test"))

    spec = {"members": ["dora"], "zone": "Europe/Berlin", "handoff": "mon 09:00"}
    installation.writer.write(
        lambda tx: schedules.put(tx, installation.mint, installation.journal, "senior", spec, by="test")
    )
    case = opened(here, TOP)
    assert state(here, has).case.technical_lead == carl
    with pytest.raises(Forbidden) as refused:
        link(here, "anna", case, kind, has)
    assert "dora" in str(refused.value.expected)
    assert pages_on(here, case)
    link(here, "dora", case, kind, has)
    assert not pages_on(here, case)


def test_declining_again_and_again_puts_no_step_off(here: World) -> None:
    case, first = opened(here, OUTAGE), on_call(here)
    for minute in range(1, 12):
        until(here, NINE + minute * MINUTE)
        try:
            act(here, case, verbs.decline(here.viewer(first)))
        except NotAllowed:
            break
    until(here, NINE + 12 * MINUTE)
    assert "admin" in {to for _, to in paged(here)}, "the duty director, whose turn comes after ten minutes"


def test_a_hold_hides_no_case_that_nobody_has_answered(here: World) -> None:

    case = opened(here, TOP)
    act(here, case, verbs.hold(here.viewer("anna"), "they are at lunch"))
    how = standing(state(here, case), here.clock.now())
    assert (how.unanswered, how.waits) == (True, False)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert standing(state(here, case), here.clock.now()).waits
