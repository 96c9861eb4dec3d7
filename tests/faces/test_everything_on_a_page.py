"""Whatever API and command line do can be done on a page, but for what runs on the machine itself. A new operation or
command fails here until it has its page, or a reason why not."""

import re
from typing import Any

import pytest

from tests.faces.routes import commands
from tocsin.api.app import application
from tocsin.guards.kinds import AUTOMATION, KINDS
from tocsin.verbs import VERBS
from tocsin.web import places
from tocsin.web.verbs import acts

CASE = "/cases/{case}"
# By operation of the API: the address of the page that does it, where its form goes for what changes something.
OPERATIONS: dict[str, str] = {
    "list_cases": "GET /cases",
    "list_cases_as_csv": "GET /cases.csv",
    "open_case": "POST /cases/new",
    "open_cases": "POST /settings/imports/files/{upload}",
    "show_case": f"GET {CASE}",
    "show_timeline": f"GET {CASE}/history.csv",
    "show_decision": f"GET {CASE}",
    "list_affected": f"GET {CASE}/affected",
    "open_for_affected": f"POST {CASE}/affected/open",
    "show_similar": f"GET {CASE}",
    "dismiss_parent": f"POST {CASE}/{{verb}}",
    "list_tickets": f"GET {CASE}",
    "link_case": f"POST {CASE}/{{verb}}",
    "undo_case": f"POST {CASE}/{{verb}}",
    "act_on_cases": "POST /bulk",
    "undo_on_cases": "POST /bulk/undo",
    "show_now": "GET /",
    "search_everything": "GET /search",
    "list_imports": "GET /settings/imports",
    "show_import": "GET /settings/imports",
    "import_rows": "POST /settings/imports/files/{upload}",
    "list_accounts": "GET /accounts",
    "show_account": "GET /accounts/{account}",
    "put_account": "POST /accounts/{account}/edit",
    "list_users": "GET /settings/users",
    "add_user": "POST /settings/users",
    "show_user": "GET /settings/users/{name}",
    "change_user": "POST /settings/users/{name}",
    "set_user_password": "POST /settings/users/{name}/password",
    "unlock_user": "POST /settings/users/{name}/unlock",
    **{
        f"{verb}_destination{of}": address
        for of in ("", "_of_team", "_of_role")
        for verb, address in (
            ("add", "POST /settings/places/{kind}/{name}"),
            ("end", "POST /settings/places/{kind}/{name}/{destination}/remove"),
        )
    },
    "list_destinations": "GET /settings/users/{name}",
    "list_destinations_of_team": "GET /settings/teams/{name}",
    "list_destinations_of_role": "GET /settings/roles/{name}",
    "list_teams": "GET /settings/teams",
    "add_team": "POST /settings/teams",
    "show_team": "GET /settings/teams/{name}",
    "change_team": "POST /settings/teams/{name}",
    "list_rosters": "GET /settings/schedules",
    "show_roster": "GET /settings/schedules/{name}",
    "put_roster": "POST /settings/schedules/{name}",
    "show_on_call": "GET /on-call",
    "decide_case": "GET /policy/try",
    "list_policies": "GET /policy/versions",
    "show_policy": "GET /policy/versions/{version}",
    "activate_policy": "POST /policy/versions/{version}/activate",
    "revert_policy": "POST /policy/revert",
    "list_tokens": "GET /settings/tokens",
    "create_token": "POST /settings/tokens",
    "revoke_token": "POST /settings/tokens/revoke",
    "show_watchers": "GET /settings/alarms",
    "list_alarms": "GET /settings/alarms",
    "list_kinds": "GET /api/events",
    "list_changes": "GET /settings/audit",
    "list_webhooks": "GET /settings/webhooks",
    "add_webhook": "POST /settings/webhooks",
    "end_webhook": "POST /settings/webhooks/{webhook}/end",
    "list_webhook_deliveries": "GET /settings/webhooks/{webhook}",
    "list_hooks": "GET /settings/sources",
    "create_hook": "POST /settings/sources",
    "revoke_hook": "POST /settings/sources/{name}/revoke",
    "list_hook_deliveries": "GET /settings/sources/{name}",
    "list_connectors": "GET /settings/sources",
    "add_connector": "POST /settings/sources",
    "show_connector": "GET /settings/sources/{name}",
    "change_connector": "POST /settings/sources/{name}",
    "list_effects": "GET /settings/sources/{name}",
    "renew_secret": "POST /settings/sources/{name}/secret",
    "revoke_connector": "POST /settings/sources/{name}/revoke",
    "test_connector": "POST /settings/sources/{name}/try",
    "list_kept_deliveries": "GET /settings/sources/{name}",
    "show_delivery": "GET /settings/sources/{name}",
    "replay_delivery": "POST /settings/sources/{name}/deliveries/{delivery}/replay",
    "show_me": "GET /settings/profile",
    "show_preferences": "GET /settings/profile",
    "change_preferences": "POST /settings/profile/preferences",
    "change_own_password": "POST /settings/profile/password",
    "list_views": "GET /cases",
    "show_view": "GET /cases",
    "add_view": "POST /views",
    "change_view": "POST /views/{view}",
    "delete_view": "POST /views/{view}/delete",
}

OPERATIONS["show_triggers"] = "GET /settings/automation"
OPERATIONS["list_evidence"] = f"GET {CASE}"
OPERATIONS["show_evidence"] = f"GET {CASE}"
OPERATIONS["collect_evidence"] = f"POST {CASE}/evidence"
OPERATIONS["list_risks"] = "GET /risks"
OPERATIONS["show_risk"] = f"GET {CASE}"
OPERATIONS["import_windows"] = "POST /settings/automation/calendar"
OPERATIONS["list_storms"] = "GET /settings/automation"
OPERATIONS["show_triage"] = "GET /triage"
OPERATIONS |= {"show_automation": "GET /settings/automation", "turn_automation": "POST /settings/automation"}
for _kind in KINDS.values():
    if _kind is not AUTOMATION:
        for _verb in (f"list_{_kind.plural}", f"show_{_kind.name}"):
            OPERATIONS[_verb] = "GET /settings/automation"
        OPERATIONS[f"add_{_kind.name}"] = "POST /settings/automation/{kind}"
        OPERATIONS[f"end_{_kind.name}"] = "POST /settings/automation/{kind}/{guard}/end"
NO_PAGE: dict[str, str] = {
    "send_signal": "a tool says what became of its ticket; people say it by the verbs of the case",
    "deliver_to_hook": "a tool delivers to its own address; people try one at the source",
    "deliver_to_connector": "the same",
    "send_heartbeat": "a job calls its own address, which the page of automation shows",
    "fetch_heartbeat": "the same",
    "show_health": "the machine around it asks whether the process lives",
    "show_readiness": "the same, whether it can serve; what is wrong stands under Alarms",
    "show_metrics": "a collector of figures asks",
}
COMMANDS: dict[str, str] = {
    "case list": "GET /cases",
    "case show": f"GET {CASE}",
    "case evidence": f"GET {CASE}",
    "case similar": f"GET {CASE}",
    "case affected": f"GET {CASE}/affected",
    "case open-for": f"POST {CASE}/affected/open",
    "case open": "POST /cases/new",
    "case bulk": "POST /bulk",
    "case undo-bulk": "POST /bulk/undo",
    "case verbs": "GET /api/verbs",
    "me": "GET /settings/profile",
    "oncall": "GET /on-call",
    "score": "GET /policy/try",
    "audit events": "GET /api/events",
    "audit changes": "GET /settings/audit",
    "audit verify": "POST /settings/audit/verify",
    "audit replay": "POST /settings/audit/replay",
    "policy activate": "POST /policy/versions/{version}/activate",
    "policy history": "GET /policy/versions",
    "policy revert": "POST /policy/revert",
    "policy backtest": "POST /policy/backtest",
    "policy check": "POST /policy/new",
    "policy test": "POST /policy/new",
    "policy show": "GET /policy/versions/{version}/policy.yaml",
    "policy diff": "GET /policy/compare",
    "policy schema": "GET /policy/schema.json",
    "import": "POST /settings/imports/files/{upload}",
    "mapping": "POST /settings/imports",
    "account put": "POST /accounts/{account}/edit",
    "account list": "GET /accounts",
    "user add": "POST /settings/users",
    "user reach": "POST /settings/places/{kind}/{name}",
    "user unreach": "POST /settings/places/{kind}/{name}/{destination}/remove",
    "user change": "POST /settings/users/{name}",
    "user password": "POST /settings/users/{name}/password",
    "user unlock": "POST /settings/users/{name}/unlock",
    "user list": "GET /settings/users",
    "team add": "POST /settings/teams",
    "team change": "POST /settings/teams/{name}",
    "team reach": "POST /settings/places/{kind}/{name}",
    "team unreach": "POST /settings/places/{kind}/{name}/{destination}/remove",
    "team list": "GET /settings/teams",
    "role reach": "POST /settings/places/{kind}/{name}",
    "role unreach": "POST /settings/places/{kind}/{name}/{destination}/remove",
    "roster put": "POST /settings/schedules/{name}",
    "roster list": "GET /settings/schedules",
    "hook create": "POST /settings/sources",
    "hook list": "GET /settings/sources",
    "hook revoke": "POST /settings/sources/{name}/revoke",
    "hook deliveries": "GET /settings/sources/{name}",
    "connector list": "GET /settings/sources",
    "connector add": "POST /settings/sources",
    "connector show": "GET /settings/sources/{name}",
    "connector change": "POST /settings/sources/{name}",
    "connector effects": "GET /settings/sources/{name}",
    "connector test": "POST /settings/sources/{name}/try",
    "connector deliveries": "GET /settings/sources/{name}",
    "connector replay": "POST /settings/sources/{name}/deliveries/{delivery}/replay",
    "connector secret": "POST /settings/sources/{name}/secret",
    "connector revoke": "POST /settings/sources/{name}/revoke",
    "token create": "POST /settings/tokens",
    "token list": "GET /settings/tokens",
    "token revoke": "POST /settings/tokens/revoke",
}
COMMANDS |= {
    "risk list": "GET /risks",
    "window import": "POST /settings/automation/calendar",
    "storms": "GET /settings/automation",
    "triggers": "GET /settings/automation",
    "triage list": "GET /triage",
    "triage answer": "POST /cases/{case}/{verb}",
    "automation on": "POST /settings/automation",
    "automation off": "POST /settings/automation",
    "automation status": "GET /settings/automation",
}
for _name in ("window", "silence", "watch", "mute"):
    COMMANDS[f"{_name} add"] = "POST /settings/automation/{kind}"
    COMMANDS[f"{_name} list"] = "GET /settings/automation"
    COMMANDS[f"{_name} end"] = "POST /settings/automation/{kind}/{guard}/end"
ON_THE_MACHINE: dict[str, str] = {
    "demo": "a throwaway installation of its own",
    "init": "there is no installation yet; what follows is the first start",
    "serve": "runs the pages",
    "work": "runs the loops",
    "migrate": "no page is served while tables change",
    "backup": "the copy stays where the server's files are",
    "restore": "no page is served without a database",
    "doctor": "looks at the machine: settings, files, network; what a server knows of itself stands under Alarms",
    "audit export": "holds every case, also those that its reader may not see; of one case its page has the history",
    "replay": "plays a history into an empty database of its own",
    "bench": "measures the machine",
}


def served() -> set[str]:
    """Every page, by method and address."""
    routes: list[Any] = [route for module in places.served() for route in module.router.routes]
    return {f"{method} {route.path}" for route in routes for method in route.methods}


def operations() -> dict[str, str]:
    """Every operation of the API with the verb's resource that it is, empty where it is none."""
    described: dict[str, dict[str, Any]] = application().openapi()["paths"]
    found = {}
    for path, methods in described.items():
        for method, said in methods.items():
            resource = re.fullmatch(r"/api/v1/cases/\{case\}/(.+)", path)
            found[said["operationId"]] = resource[1] if resource and method == "post" else ""
    return found


def test_every_operation_has_a_page_or_a_reason_why_not() -> None:
    of_verbs = {verb.route.resource for verb in VERBS.values() if not verb.route.by_hand}
    others = {name for name, resource in operations().items() if resource not in of_verbs}
    assert others == OPERATIONS.keys() | NO_PAGE.keys()
    assert not OPERATIONS.keys() & NO_PAGE.keys()
    assert {name: page for name, page in OPERATIONS.items() if page not in served()} == {}


def test_every_command_has_a_page_or_a_reason_why_not() -> None:
    names = {name for name in commands() if name.removeprefix("case ") not in VERBS or not name.startswith("case ")}
    plain = {name.partition(" ")[0] if name.startswith("bench ") else name for name in names}
    assert plain == COMMANDS.keys() | ON_THE_MACHINE.keys()
    assert not COMMANDS.keys() & ON_THE_MACHINE.keys()
    assert {name: page for name, page in COMMANDS.items() if page not in served()} == {}


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_a_form_that_asks_for_all_that_can_be_said_with_it(name: str) -> None:
    """Where a page asks for it otherwise, as how long instead of until when, that stands for it."""
    otherwise = {"until": "hours", "due_at": "minutes", "needed_by": "hours"}
    assert f"POST {CASE}/{{verb}}" in served()
    fields = {field.name for field in acts()[name].fields}
    unseen = {"undo": {"event"}}.get(name, set())  # the page itself says which event
    assert {otherwise.get(each.name, each.name) for each in VERBS[name].asked()} - unseen <= fields
