"""`tocsin import`: what people and scripts see of an import."""

import csv
import json
import re
from pathlib import Path

import httpx2
import pytest

from tests.cli import Done, run
from tests.testing import PEOPLE, SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.intake.importing import EFFECTS
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock

POLICY = (Path(__file__).parents[2] / "examples" / "uci" / "policy.yaml").read_text()
MAPPING = "source: desk\nexternal_id: id\nsubject: title\nusers_affected: users\n"
ROWS = "id,title,users\nT-1,Printer,3\nT-2,Scanner,many\nT-3,Phone,7\nT-4,Desk\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "map.yaml").write_text(MAPPING)
    (tmp_path / "tickets.csv").write_text(ROWS)
    return tmp_path


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", database_url)
    monkeypatch.setenv("TOCSIN_SECRET_KEY", SECRET)
    installation = runtime.build(database_url, SECRET)
    furnish(installation, POLICY, {**PEOPLE, "director": "lead"})
    installation.close()
    return database_url


def take(files: Path, *options: str) -> Done:
    return run("import", str(files / "tickets.csv"), "--map", str(files / "map.yaml"), *options)


def test_an_import_says_what_became_of_the_rows(database: str, files: Path) -> None:
    report = files / "refused.csv"
    done = take(files, "--report", str(report))
    assert done.code == 1, "rows were refused"
    assert "2  cases opened" in done.out
    assert "2  rows refused" in done.out
    assert "users_affected: not a whole number" in done.out
    assert re.search(r"3 +T-2 +users +many +'many' is not a whole number", done.out)
    with report.open(newline="") as file:
        assert list(csv.DictReader(file)) == [
            {
                "line": "3",
                "external_id": "T-2",
                "place": "users_affected",
                "reason": "users_affected: not a whole number",
                "detail": "'many' is not a whole number; expected digits such as 1200",
                "column": "users",
                "value": "many",
            },
            {
                "line": "5",
                "external_id": "",
                "place": "",
                "reason": "wrong number of columns",
                "detail": "2 where the header has 3",
                "column": "",
                "value": "",
            },
        ]
    again = json.loads(take(files, "--json").out)
    assert (again["opened"], again["unchanged"]) == (0, 2)
    first = again["first_refused"][0]
    assert (first["line"], first["external_id"], first["column"], first["value"]) == (3, "T-2", "users", "many")


def test_more_refused_rows_than_fit_are_counted(database: str, files: Path) -> None:
    rows = "".join(f"T-{number},Printer,many\n" for number in range(130))
    (files / "tickets.csv").write_text("id,title,users\n" + rows)
    done = take(files, "--dry-run")
    assert (done.code, "and 110 more" in done.out) == (1, True)
    found = json.loads(take(files, "--dry-run", "--json").out)
    assert (len(found["first_refused"]), found["refused"]) == (100, {"users_affected: not a whole number": 130})


def test_history_goes_in_through_a_running_server(
    files: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = runtime.build(databases.new(), SECRET)
    token = furnish(installation, POLICY, {**PEOPLE, "director": "lead"})
    (files / "map.yaml").write_text(MAPPING + "state: state\nclosed_at: closed\nzone: UTC\n")
    (files / "tickets.csv").write_text(
        "id,title,users,state,closed\nT-1,Printer,3,Closed,2024-03-12 09:41\nT-2,Phone,,Open,\nT-3,Fax,many,Open,\n"
    )
    with serving(installation) as url:
        monkeypatch.setenv("TOCSIN_URL", url)
        monkeypatch.setenv("TOCSIN_TOKEN", token)
        done = json.loads(take(files, "--json").out)
        assert (done["opened"], done["refused"]) == (2, {"users_affected: not a whole number": 1})
        again = json.loads(take(files, "--json").out)
        assert (again["opened"], again["unchanged"]) == (0, 2)
        with httpx2.Client(base_url=f"{url}/api/v1", headers={"authorization": f"Bearer {token}"}) as api:
            [known] = api.get("/imports").json()["imports"]
            assert api.get("/imports/tickets.csv").json() == known
            assert api.get("/imports/others.csv").status_code == 404
        assert (known["name"], known["through"], known["rows"]) == ("tickets.csv", 3, 2)
        assert [known[effect] for effect in EFFECTS] == [2, 0, 0, 0, 0, 0], "what came again is not counted again"
        shown = json.loads(run("case", "show", "T-1", "--json").out)
        assert (shown["state"], shown["closed_at"], shown["imported"]) == ("closed", "2024-03-12T09:41:00Z", True)
        quiet = run("case", "show", "T-2")
        assert "imported: no clock runs and nobody is notified" in quiet.out
        assert json.loads(run("case", "list", "--needs", "somebody", "--json").out)["cases"] == []
        assert len(json.loads(run("case", "list", "--imported", "--json").out)["cases"]) == 2
        assert json.loads(run("case", "list", "--live", "--json").out)["cases"] == []
        monkeypatch.setenv("TOCSIN_TOKEN", "wrong")
        assert take(files).code == 1
    installation.close()


def test_json(database: str, files: Path) -> None:
    (files / "tickets.csv").write_text("id,title,users\nT-1,Printer,3\n")
    done = take(files, "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert found["ok"] is True
    assert (found["rows"], found["opened"], found["refused"]) == (1, 1, {})
    assert (found["severities"], found["levels"]) == ({"medium": 1}, {"standard": 1})
    assert found["cases_per_second"] > 0


def test_a_dry_run_needs_no_database(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "nonsense://")
    done = take(files, "--dry-run", "--json")
    assert done.code == 1
    found = json.loads(done.out)
    assert (found["opened"], found["unchanged"], sum(found["refused"].values())) == (0, 2, 2)


def test_a_mapping_with_problems_names_its_lines(files: Path) -> None:
    (files / "map.yaml").write_text(MAPPING + "prioritty: a\n")
    done = take(files, "--dry-run")
    assert done.code == 1
    assert f"{files / 'map.yaml'}:5: error: prioritty: this key is not known here; expected priority" in done.out
    found = json.loads(take(files, "--dry-run", "--json").out)
    assert (found["problems"][0]["line"], found["problems"][0]["key"]) == (5, "prioritty")


def test_a_column_that_is_not_there(files: Path) -> None:
    (files / "map.yaml").write_text(MAPPING.replace("title", "titel"))
    done = take(files, "--dry-run")
    assert done.code == 1
    assert ":3: error: subject: the file has no column 'titel'; expected title (did you mean that?)" in done.out


def test_while_a_server_has_the_database_it_is_named(database: str, files: Path) -> None:
    path = Database(database).path
    if path is None:
        pytest.skip("on PostgreSQL many may write")
    lock = FileLock.take(path, "serve", url="http://127.0.0.1:8000")
    try:
        done = take(files)
    finally:
        lock.release()
    assert done.code == 1
    assert "TOCSIN_URL=http://127.0.0.1:8000" in done.err
    with Database(database).reading() as tx:
        assert tx.row("SELECT count(*) FROM cases") == (0,)


def test_without_a_policy_nothing_is_begun(database_url: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", database_url)
    monkeypatch.setenv("TOCSIN_SECRET_KEY", SECRET)
    done = take(files)
    assert done.code == 1
    assert "no policy is in force" in done.err


def test_wrong_use(files: Path) -> None:
    assert run("import", str(files / "tickets.csv")).code == 2
    assert run("import", str(files / "none.csv"), "--map", str(files / "map.yaml")).code == 2
    assert take(files, "--dry-run", "--report", str(files)).code == 2
    (files / "map.yaml").unlink()
    assert take(files, "--dry-run").code == 2
