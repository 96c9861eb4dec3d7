"""A verb that is added to the catalogue alone is found wherever verbs are: its route, its command, its form, `actions`,
the API's description and the page of the documentation."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from typer.testing import CliRunner

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.api.app import application
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import Noted
from tocsin.cases.lifecycle import OPEN, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.verb import UNDOABLE, Arguments, Command, Form, Route, Undo, Verb
from tocsin.cli.case import catalogue, group
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.verbs import VERBS


class Praise(Arguments, frozen=True):
    words: Annotated[str, Asks("What went well", "line", "What went well", argument="WORDS")]
    at: Annotated[int | None, Asks("When it was", "instant")] = None


def _praise(viewer: Viewer, said: Praise, state: Aggregate, scene: Scene) -> list[Event]:
    if said.words == "nothing":
        raise InvalidInput(say("nothing is no praise"), place="words", expected=say("what went well"))
    return [Noted(text=f"well done: {said.words} {said.at}", audience="internal").event(viewer.actor)]


def _quiet(state: Aggregate) -> Said | None:
    return say("the case is loud") if state.case.subject == "loud" else None


PRAISE = Verb(
    "give-praise",
    "Say what went well",
    Praise,
    _praise,
    Route("praise"),
    Command("was praised for {words}", "give-praise 17 'the quick answer'", ("praise",)),
    Form("Give praise", "Praised."),
    permission="cases.lower",
    allowed=Allowed(OPEN, unless=_quiet),
    who="whoever may lower",
    undo=Undo((Noted,), only={"audience": ("internal",)}),
)


UNDOABLE.pop(PRAISE.name)  # and so it is known in these tests alone


@pytest.fixture
def office(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setitem(VERBS, PRAISE.name, PRAISE)
    monkeypatch.setitem(UNDOABLE, PRAISE.name, PRAISE)
    with staffed(databases.new()) as office:
        yield office


def notes(office: Office, case: str) -> list[str]:
    events = office.get("lea", f"/cases/{case}/timeline")["events"]
    return [event["payload"]["text"] for event in events if event["kind"] == "case.noted"]


def test_its_route_asks_for_its_permission_its_state_and_what_its_plan_refuses(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    office.do("lea", case, "praise", words="speed", at="2026-11-22T09:00:00Z")
    assert notes(office, case) == ["well done: speed 1795338000000000"]
    assert office.refused("anna", case, "praise", words="speed")["status"] == 403
    assert office.refused("lea", case, "praise", words="nothing")["place"] == "words"
    assert office.refused("lea", case, "praise")["place"] == "words"
    assert office.refused("lea", case, "praise", words="speed", at="noon")["place"] == "at"
    assert office.refused("lea", case, "praise", words="speed", loud=True)["place"] == "loud"
    loud = office.open(QUESTION | {"subject": "loud"})["id"]
    assert office.refused("lea", loud, "praise", words="speed")["detail"] == "the case is loud"
    assert office.get("lea", f"/cases/{loud}")["actions"]["give-praise"] == {
        "allowed": False,
        "why_not": "the case is loud",
        "code": "the-case-is-loud",
    }
    assert office.get("lea", f"/cases/{case}")["actions"]["give-praise"] == {"allowed": True}
    assert not office.get("anna", f"/cases/{case}")["actions"]["give-praise"]["allowed"]
    assert office.get("anna", f"/cases/{case}")["undo"]["verb"] == "give-praise"
    assert not office.get("anna", f"/cases/{case}")["actions"]["undo"]["allowed"]
    assert office.do("lea", case, "undo")["undone"]["says"] == "undone: give-praise"


def test_its_command_and_its_form_do_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.open(QUESTION)
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets["lea"])
    for name in ("give-praise", "praise"):
        done = CliRunner().invoke(group(), [name, str(case["number"]), "calm"])
        assert (done.exit_code, f"case {case['number']} was praised for calm: " in done.output) == (0, True), (
            done.output
        )
    assert CliRunner().invoke(group(), ["give-praise", str(case["number"])]).exit_code == 2
    give_passwords(office.installation)
    browser = Browser(office.url)
    browser.sign_in("lea")
    form = browser.get(f"/cases/{case['number']}").text.partition('id="act-give-praise"')[2].partition("</details>")[0]
    assert 'name="words"' in form
    assert 'name="at"' not in form, "what has no label is not asked on the page"
    assert browser.post(f"/cases/{case['number']}/give-praise", words="care").status_code == 303
    assert notes(office, case["id"]) == ["well done: calm None", "well done: calm None", "well done: care None"]


def test_it_is_described_and_documented(office: Office) -> None:
    described = application().openapi()["paths"]["/api/v1/cases/{case}/praise"]["post"]
    assert described["description"] == "Say what went well."
    page = catalogue.to_markdown()
    assert (
        "| `give-praise` | Say what went well. Can be undone for 10 minutes | whoever may lower |"
        " `POST /cases/{case}/praise` `{words, at?}` |" in page
    )
    assert "### tocsin case give-praise\n" in page
