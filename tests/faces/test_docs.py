"""The pages of the documentation are true: their commands run, and nothing that there is goes unmentioned."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli import run
from tests.faces.routes import commands
from tests.home import Home
from tocsin.core.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TESTS_OWN = {"TOCSIN_TEST_POSTGRESQL", "TOCSIN_SHARED_DATA"}
RUN = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.long
@pytest.mark.skipif(shutil.which("curl") is None, reason="the pages use curl, which is not installed")
@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_every_command_of_a_page_runs(page: str, tmp_path: Path) -> None:
    """All of a page's `sh` blocks as one script that ends at the first failure; only the ports are others."""
    script = "set -euo pipefail\n" + "\n".join(RUN.findall((ROOT / page).read_text()))
    for port in ("8000", "9000"):
        assert port in script
        script = script.replace(port, str(free_port()))
    commands = tmp_path / "bin"
    commands.mkdir()
    tocsin = commands / "tocsin"
    tocsin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from tocsin.cli import main; main()" "$@"\n')
    tocsin.chmod(0o755)
    home = Home(tmp_path)
    home.environment["PATH"] = f"{commands}:{home.environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"],
        env=home.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert '"level":"executive"' in said
    assert '"type":"page"' in said
    assert "case 1 is acknowledged" in said
    assert "case 1 is resolved" in said


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    rows = set(re.findall(r"^\| `(TOCSIN_\w+)` \|", page, re.M))
    assert rows == {f"TOCSIN_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_only_settings_and_pages_that_there_are(page: Path) -> None:
    text = page.read_text()
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields} | TESTS_OWN
    assert set(re.findall(r"TOCSIN_[A-Z_]*[A-Z]", text)) <= known
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_verb_and_every_route_of_cases_is_documented() -> None:
    from tocsin.api.app import HOT, application
    from tocsin.verbs import VERBS

    page = "\n".join((ROOT / "docs" / name).read_text() for name in ("cases.md", "verbs.md"))
    assert re.findall(r"^\| `([a-z-]+)` \|.*\|.*\|.*\|.*\|$", page, re.M) == list(VERBS)
    described: dict[str, Any] = application().openapi()["paths"]
    routes = {(method.upper(), path) for path, methods in described.items() for method in methods} | HOT.keys()
    wanted = {f"{method} {path.removeprefix('/api/v1')}" for method, path in routes if path in _of_cases(routes)}
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)`", page))
    assert named == wanted
    told = set(re.findall(r"`(?:tocsin case )?([a-z-]+)`(?=,| \||$)", page, re.M))
    assert {name.removeprefix("case ") for name in commands() if name.startswith("case ")} <= told


def test_the_page_of_verbs_is_what_the_command_prints() -> None:
    done = run("case", "verbs", "--markdown")
    assert done.code == 0
    assert (ROOT / "docs" / "verbs.md").read_text() == done.out
    assert (run("case", "verbs", "--markdown", "--json").code, run("case", "verbs", "--json").code) == (2, 0)


def test_every_other_route_is_documented() -> None:
    from tocsin.api.app import application

    described: dict[str, Any] = application().openapi()["paths"]
    routes = {(method.upper(), path) for path, methods in described.items() for method in methods}
    of_cases = _of_cases(routes)
    page = (ROOT / "docs" / "api.md").read_text()
    named = set(re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)` \|", page, re.M))
    assert named == {f"{method} {path}" for method, path in routes if path not in of_cases}


def test_every_route_is_described_in_a_sentence() -> None:
    from tocsin.api.app import application

    described: dict[str, Any] = application().openapi()["paths"]
    bare = [
        f"{method.upper()} {path}"
        for path, methods in described.items()
        for method, operation in methods.items()
        if len(operation.get("description", "").split()) < 3
    ]
    assert bare == []
    table = re.findall(
        r"^\| `(?:GET|POST|PUT|PATCH|DELETE) /[^`]+` \| (.*) \|$", (ROOT / "docs" / "api.md").read_text(), re.M
    )
    assert [says for says in table if len(says.split()) < 3] == []


def test_every_page_for_people_is_documented() -> None:
    """By its address; what pages fetch for themselves is not for people."""
    from tocsin.web import assets, places, streaming

    routers = [module.router for module in (assets, streaming, *places.modules()) if hasattr(module, "router")]
    routes: list[Any] = [route for router in routers for route in router.routes if hasattr(route, "methods")]
    paths = {route.path for route in routes if "GET" in route.methods}
    pages = {path for path in paths if not path.startswith(("/parts/", "/static/", "/events/"))}
    assert len(pages) > 4
    told = set(re.findall(r"`(/[^` ?]*)[^` ]*`", (ROOT / "docs" / "web.md").read_text()))
    assert {path.replace("{case}", "17").replace("{token}", "…") for path in pages} == told


def _of_cases(routes: set[tuple[str, str]]) -> set[str]:
    return {path for _, path in routes if path == "/api/v1/signals" or path.startswith("/api/v1/cases")}


@pytest.mark.parametrize(("name", "command"), commands().items(), ids=list(commands()))
def test_every_command_and_option_is_documented(name: str, command: Any) -> None:
    page = "\n".join((ROOT / "docs" / name).read_text() for name in ("cli.md", "verbs.md"))
    section = re.search(rf"^### tocsin {re.escape(name)}\n(.*?)(?=^##|\Z)", page, re.M | re.S)
    assert section, f"docs/cli.md has no section 'tocsin {name}'"
    for parameter in command.params:
        if parameter.param_type_name == "option" and "--help" not in parameter.opts:
            assert f"`{parameter.opts[0]}" in section[1], f"docs/cli.md: tocsin {name} {parameter.opts[0]}"


def test_the_page_of_events_is_what_the_command_prints() -> None:
    done = run("audit", "events", "--markdown")
    assert done.code == 0
    assert done.out == (ROOT / "docs" / "events.md").read_text(), "run: make reference"


def test_every_kind_of_event_is_documented() -> None:
    from tocsin.cli.kinds import _FAMILIES
    from tocsin.events import KINDS

    page = (ROOT / "docs" / "events.md").read_text()
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+) \| (.+) \|$", page, re.M)
    told = {kind: (says, tuple(re.findall(r"`(\w+)`", fields))) for kind, says, fields in rows}
    assert told == {kind.name: (kind.says, kind.fields) for kind in KINDS.values()}
    assert {kind.partition(".")[0] for kind in KINDS} == _FAMILIES.keys()


def test_no_command_is_documented_that_there_is_not() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    assert set(re.findall(r"^### tocsin (.*)$", page, re.M)) <= set(commands())
