"""`tocsin policy backtest`: what people, scripts and the page show; the page's sliders against the engine."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli import Done, run
from tests.unit.policy.documents import ACME, changed

CHROMIUM = shutil.which("chromium")
HOSTILE = "</script><script>document.title = 'broken'</script>\u202e\x1b[2J"
MAPPING = (
    "source: desk\nexternal_id: id\nsubject: title\nusers_affected: users\nsentiment: mood\n"
    "account: {segment: segment}\noccurred_at: at\n"
)
ROWS = [
    ("T-1", "API is down", "5000", "", "strategic", "2026-01-10T23:00:00Z"),
    ("T-2", "Everything is down", "2", "", "business", "2026-01-12T10:00:00Z"),
    ("T-3", "Hello", "4", "angry", "strategic", "2026-01-13T10:00:00Z"),
    ("T-4", HOSTILE, "many", "", "", "2026-01-13T10:00:00Z"),
    ("T-5", HOSTILE, "800", "", "strategic", "2026-01-20T03:00:00Z"),
    ("T-6", "Slow", "30", "", "enterprise", "2026-01-20T10:00:00Z"),
    ("T-1", "again", "1", "", "", "2026-01-21T10:00:00Z"),
]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "map.yaml").write_text(MAPPING)
    (tmp_path / "policy.yaml").write_text(ACME)
    lines = [",".join(row) for row in [("id", "title", "users", "mood", "segment", "at"), *ROWS]]
    (tmp_path / "tickets.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def take(files: Path, *options: str, policy: str = "policy.yaml") -> Done:
    command = ("policy", "backtest", str(files / "tickets.csv"), "--map", str(files / "map.yaml"))
    return run(*command, "--policy", str(files / policy), *options)


def at(files: Path, senior: float, executive: float) -> dict[str, Any]:
    """What the engine decides with these thresholds in the document."""
    text = changed(ACME, ("executive: {at: 80", f"executive: {{at: {executive}"), ("at: 60", f"at: {senior}"))
    (files / "other.yaml").write_text(text.split("\nexamples:")[0] + "\n")
    found: dict[str, Any] = json.loads(take(files, "--json", policy="other.yaml").out)
    return found


def test_json(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "nonsense://")
    done = take(files, "--json")
    assert done.code == 1, "a row was refused"
    found = json.loads(done.out)
    assert (found["ok"], found["cases"], found["against"]) == (False, 5, None)
    assert found["rows"]["refused"] == {"users_affected: not a whole number": 1}
    assert [row["line"] for row in found["rows"]["first_refused"]] == [5]
    assert found["rows"]["passed_over"] == 1
    assert sum(found["counts"]["level"].values()) == 5
    assert {call["target"] for call in found["calls"]} >= {"oncall:senior", "role:escalation-manager"}


def test_a_terminal_is_left_alone(files: Path) -> None:
    done = take(files, "--report", str(files / "refused.csv"))
    assert "5 cases, opened 2026-01-10 to 2026-01-20, 3 weeks" in done.out
    assert "a second" in done.out
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "users_affected: not a whole number" in (files / "refused.csv").read_text()


def test_against_another_policy(files: Path) -> None:
    at(files, 10, 90)
    done = take(files, "--against", str(files / "other.yaml"))
    assert "cases come out differently" in done.out
    assert "level senior → standard" in done.out
    found = json.loads(take(files, "--against", str(files / "other.yaml"), "--json").out)["against"]
    assert found["before"]["thresholds"] == {"executive": 90.0, "senior": 10.0}
    assert all(case["before"] != case["after"] for case in found["changed"])


def test_two_policies_of_one_name_are_told_apart(files: Path) -> None:
    at(files, 10, 90)
    mine, other = f"({files / 'policy.yaml'})", f"({files / 'other.yaml'})"
    done = take(files, "--against", str(files / "other.yaml"), "--html", str(files / "page.html"))
    page = (files / "page.html").read_text()
    assert mine in done.out.splitlines()[0]
    assert f"{other}\n" in done.out
    assert re.search(rf"<h1>[^<]* {re.escape(mine)}</h1>", page)
    assert re.search(rf"What differs from [^<]* {re.escape(other)}</h2>", page)
    assert re.search(r'\. <a href="#refused">1 rows refused</a>', page), "a space between the sentences"


def test_a_policy_with_problems_and_wrong_use(files: Path) -> None:
    (files / "bad.yaml").write_text(changed(ACME, ("weight: 30", "weight: 29")))
    done = take(files, policy="bad.yaml")
    assert done.code == 1
    assert f"{files / 'bad.yaml'}:" in done.out
    assert json.loads(take(files, "--json", policy="bad.yaml").out)["ok"] is False
    assert take(files, "--html", str(files / "none" / "page.html")).code == 2
    assert take(files, "--against", str(files / "none.yaml")).code == 2


def test_nothing_in_a_ticket_gets_out_of_its_place(files: Path) -> None:
    take(files, "--html", str(files / "page.html"))
    page = (files / "page.html").read_text()
    assert page.count("</script>") == 2, "the data and ours"
    assert "<script>document.title" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert not re.search('(?:src|href)=(?!"#)', page), "it loads nothing"


def shown(page: Path, fragment: str) -> dict[str, str]:
    """What the page's own script makes of it, in a browser."""
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={page.parent / 'browser'}",
    ]
    done = subprocess.run(
        [*command, "--dump-dom", f"file://{page}#{fragment}"], capture_output=True, text=True, timeout=90, check=True
    )
    assert "<title>Backtest: Acme support</title>" in done.stdout
    assert "<svg" in done.stdout
    return dict(re.findall(r'data-count="([a-z]+)">([^<]*)<', done.stdout))


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize(("senior", "executive"), [(60, 80), (20, 45), (5, 30.5)])
def test_the_sliders_count_as_the_engine_does(files: Path, senior: float, executive: float) -> None:
    take(files, "--html", str(files / "page.html"))
    expected = at(files, senior, executive)
    found = shown(files / "page.html", f"senior={senior}&executive={executive}")
    kinds = {"technical": 0, "relationship": 0} | expected["counts"]["kind"]
    counts = expected["counts"]["level"] | kinds | {"woken": expected["woken"]["total"]}
    assert {name: int(text) for name, text in found.items()} == counts


def test_what_is_read_is_never_overwritten(files: Path) -> None:
    before = {path.name: path.read_bytes() for path in files.iterdir()}
    for option in ("--html", "--report"):
        for name in before:
            done = take(files, option, str(files / name))
            assert done.code == 2, (option, name)
            assert "this file is read, and would be overwritten" in done.err
    assert {path.name: path.read_bytes() for path in files.iterdir()} == before


def test_without_a_mapping_it_says_how_to_come_by_one(files: Path) -> None:
    done = run("policy", "backtest", str(files / "tickets.csv"))
    assert done.code == 2
    assert "tocsin mapping" in done.err


def test_a_drafted_mapping_serves(files: Path) -> None:
    (files / "map.yaml").write_text(run("mapping", str(files / "tickets.csv")).out)
    done = take(files)
    assert done.code == 0, "what cannot be read is missing, and no ticket is left out"
    assert "users_affected: not a whole number  1" in done.out


def test_where_nothing_could_be_read_there_are_no_shares(files: Path) -> None:
    (files / "tickets.csv").write_text("id,title,users,mood,segment,at\nT-1,Hello,many,,,\n")
    done = take(files)
    assert "rows refused: 1;" in done.out
    assert "%" not in done.out


def test_a_report_holds_no_formulas(files: Path) -> None:
    (files / "tickets.csv").write_text("id,title,users,mood,segment,at\n=2+5,Hello,many,,,\n")
    take(files, "--report", str(files / "refused.csv"))
    assert "\n2,'=2+5," in (files / "refused.csv").read_text()
