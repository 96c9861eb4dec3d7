"""A token that is narrowed does what it was made for, and is shown no more than it may read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.faces.asks import ASKS
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.faces.routes import routes
from tests.home import Home

OUTLINE = {"id", "number", "external_id", "state", "confidential"}


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with staffed(database_url) as office:
        yield office


def made(office: Office, name: str, **more: Any) -> httpx2.Response:
    return office.post("admin", "/tokens", {"name": name} | more)


def holding(office: Office, name: str, **more: Any) -> str:
    """Another client of the office, by the name of its token."""
    answer = made(office, name, **more)
    assert answer.status_code == 201, answer.text
    office.secrets[name] = answer.json()["token"]
    headers = {"authorization": f"Bearer {office.secrets[name]}"}
    office.clients[name] = httpx2.Client(base_url=f"{office.url}/api/v1", headers=headers, timeout=30)
    return name


def test_one_that_may_only_open_cases_opens_them_and_reads_none(office: Office) -> None:
    form = holding(office, "form", role="operator", scopes=["cases.open"])
    ticket = {**OUTAGE, "external_id": "form-1", "source": "form"}
    first = office.post(form, "/cases", ticket, key="once")
    assert (first.status_code, set(first.json()), first.json()["state"]) == (201, OUTLINE, "open")
    for again in (office.post(form, "/cases", ticket), office.post(form, "/cases", ticket, key="once")):
        assert (again.status_code, again.json()) == (200, first.json())
    others = office.post(form, "/cases/batch", {"cases": [ticket, QUESTION]}).json()["results"]
    assert others[0] == first.json()
    assert set(others[1]) == OUTLINE
    for kind, more in (("reply", {"body": "still down"}), ("solved", {})):
        said = office.post(form, "/signals", {"source": "form", "external_id": "form-1", "kind": kind, **more})
        assert (said.status_code, "cases.signal" in said.json()["expected"]) == (403, True)
    case = first.json()["id"]
    assert office.clients[form].get(f"/cases/{case}").status_code == 403
    assert office.refused(form, case, "notes", text="no")["status"] == 403
    shown = office.get("admin", f"/cases/{case}")
    assert (shown["subject"], shown["confidential"]) == (OUTAGE["subject"], False)


@pytest.mark.parametrize("scope", ["cases.open", "policy.read"])
def test_no_number_is_probed_by_one_that_may_do_nothing_to_a_case(office: Office, scope: str) -> None:
    """The answer is the same whether there is such a case or not."""
    number, name = office.open(OUTAGE)["number"], holding(office, "probe", role="admin", scopes=[scope])
    office.open(QUESTION)
    for method in ("get", "post"):
        for path in (path.removeprefix("/api/v1") for path in routes(method) if "/cases/{case}" in path):
            body = {} if method == "get" else {"json": ASKS[f"POST {path.removeprefix('/cases/{case}/')}"][1]}
            there, nowhere, nonsense = (
                office.clients[name].request(method, path.replace("{case}", called), **body)
                for called in (str(number), "99999", "nonsense")
            )
            assert there.status_code == 403, f"{method} {path}: {there.text}"
            assert there.json() == nowhere.json() == nonsense.json(), f"{method} {path}"


def test_what_it_sends_of_an_account_is_not_learnt(office: Office) -> None:
    """An operator's facts become those of the account; a token that may only open cases writes none."""
    form = holding(office, "form", role="operator", scopes=["cases.open"])
    ticket = {"subject": "x", "account": {"external_id": "initech", "segment": "strategic"}}
    assert office.post(form, "/cases", ticket).status_code == 201
    assert office.clients["admin"].get("/accounts/initech").status_code == 404
    assert office.post("desk", "/cases", ticket).status_code == 201
    assert office.get("admin", "/accounts/initech")["segment"] == "strategic"


def test_one_that_may_only_work_is_answered_with_an_outline(office: Office) -> None:
    case = office.open()["id"]
    hand = holding(office, "hand", user="carl", scopes=["cases.work"])
    assert set(office.do(hand, case, "acknowledgement")) == OUTLINE
    assert office.get("admin", f"/cases/{case}")["technical_lead"] == "carl"
    refusal = office.refused(hand, case, "escalation", level="executive", reason="it burns")
    assert "role" in refusal["detail"]


def test_one_of_a_lead_that_may_not_raise_is_told_so(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    hand = holding(office, "hand", user="lea", scopes=["cases.read", "cases.work"])
    refusal = office.refused(hand, case, "escalation", level="executive", reason="it burns")
    assert refusal["detail"] == "this limited token of the role lead cannot raise a case to executive"
    shown = office.get(hand, f"/cases/{case}")["actions"]
    assert shown["note"]["allowed"]
    assert "limited token" in shown["restrict"]["why_not"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"role": "agent", "scopes": ["cases.open", "fly"]}, "'fly' is not a permission"),
        ({"role": "agent", "scopes": ["tokens.write"]}, "the role agent does not include tokens.write"),
        ({"user": "anna", "scopes": ["cases.lower"]}, "the role agent does not include cases.lower"),
        ({"role": "agent", "scopes": []}, "a token without permissions is of no use"),
    ],
)
def test_scopes_outside_the_role_are_refused(office: Office, body: dict[str, Any], said: str) -> None:
    refusal = made(office, "odd", **body)
    assert (refusal.status_code, refusal.json()["place"], refusal.json()["detail"]) == (422, "scopes", said)
    possible = "cases.read, cases.open, cases.signal, cases.work, policy.read, people.read"
    assert refusal.json()["expected"] == f"one or more of {possible}"
    assert "odd" not in {token["name"] for token in office.get("admin", "/tokens")["tokens"]}


def test_lists_and_answers_name_the_scopes(office: Office) -> None:
    answer = made(office, "form", role="operator", scopes=["operate", "cases.open"]).json()
    assert answer["scopes"] == ["cases.open", "operate"]
    assert made(office, "wide", role="operator", scopes=None).json()["scopes"] is None
    listed = {token["name"]: token["scopes"] for token in office.get("admin", "/tokens")["tokens"]}
    assert (listed["form"], listed["wide"], listed["of anna"]) == (["cases.open", "operate"], None, None)


def test_a_narrowed_token_makes_none_that_may_more(office: Office) -> None:
    keys = holding(office, "keys", role="admin", scopes=["tokens.write", "cases.open"])
    for body in (
        {"role": "admin"},
        {"role": "viewer"},
        {"role": "agent", "user": "anna"},
        {"role": "admin", "scopes": ["people.write"]},
        {"role": "admin", "scopes": ["cases.open", "cases.read"]},
    ):
        refusal = office.post(keys, "/tokens", {"name": "more"} | body)
        assert (refusal.status_code, refusal.json()["place"]) == (403, "scopes"), refusal.text
        assert refusal.json()["expected"] == "one or more of cases.open, tokens.write"
    assert office.post(keys, "/tokens", {"name": "less", "role": "agent", "scopes": ["cases.open"]}).status_code == 201


def test_commands_say_what_such_a_token_is_told(office: Office, tmp_path: Path) -> None:
    case = office.open()["number"]
    hand = holding(office, "hand", user="carl", scopes=["cases.work", "cases.open", "cases.confirm"])
    home = Home(tmp_path, TOCSIN_URL=office.url, TOCSIN_TOKEN=office.secrets[hand])
    assert home.succeed("case", "contain", str(case)) == f"case {case} is changed: open\n"
    assert home.succeed("case", "open", "a question").endswith(": open\n")
    assert "limited token" in home.run("case", "show", str(case)).err


def test_one_for_a_help_desk_says_what_became_of_tickets_and_gets_an_outline(office: Office) -> None:
    desk = holding(office, "desk-2", role="operator", scopes=["cases.open", "cases.signal"])
    first = office.post(desk, "/cases", {**QUESTION, "external_id": "desk-1", "source": "desk-2"}).json()
    said = office.post(desk, "/signals", {"source": "desk-2", "external_id": "desk-1", "kind": "reply", "body": "x"})
    assert (said.status_code, said.json()["id"], set(said.json())) == (200, first["id"], OUTLINE)
