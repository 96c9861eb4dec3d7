"""A channel that is added to the registry is found wherever channels are: in the API and its description, in commands,
in what the doctor tries, in the docs."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testing import SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.notify.channels import registry
from tocsin.notify.channels.port import Channel, Checked, Field, Message, Place, Probed
from tocsin.policy import starters
from tocsin.tools.outgoing import Outcome

NOTIFICATIONS = Path(__file__).parents[2] / "docs" / "notifications.md"


class Beacon:
    """Lights a lamp; `lit`: where, and what for."""

    lit: list[tuple[str, str]] = []  # noqa: RUF012

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        self.lit.append((place.address, message.kind))
        return Outcome(True, reference=f"flame-{len(self.lit)}")

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        return await self.send(place, message, now)

    async def close(self) -> None:
        pass


BEACON = Channel(
    name="beacon",
    says="a light on a hill",
    address=Field("beacon", "On which hill", "HILL"),
    options=(Field("smoke", "Whether there is smoke by day", flag=True),),
    check=lambda address, options, allow_private: Checked(address, once="a torch"),
    open=lambda settings: Beacon(),
    wakes=lambda options: True,
    look=lambda place, allow_private: Probed("ok", f"{place.address} is in sight"),
)


@pytest.fixture
def beacon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from tocsin.cli import users

    monkeypatch.setitem(registry.CHANNELS, "beacon", BEACON)
    importlib.reload(users)
    yield
    monkeypatch.undo()
    importlib.reload(users)


@pytest.mark.usefixtures("beacon")
def test_the_api_takes_it_and_pages_go_by_it(databases: Databases) -> None:
    import httpx2

    from tests.stories.starter import OUTAGE

    installation = runtime.build(databases.new(), SECRET, allow_private=True)
    token = furnish(
        installation, starters.text(), {"admin": "admin", "carl": "senior", "lea": "lead"}, "http://[::1]:9/"
    )
    with serving(installation) as url, httpx2.Client(base_url=f"{url}/api/v1") as http:
        http.headers["authorization"] = f"Bearer {token}"
        made = http.post("/users/carl/destinations", json={"beacon": "Amon Din", "smoke": True})
        assert (made.status_code, made.json()["webhook_secret"]) == (201, "a torch"), made.text
        [place] = [one for one in http.get("/users/carl/destinations").json()["destinations"] if one["wakes"]]
        assert (place["channel"], place["address"], place["options"]) == ("beacon", "Amon Din", {"smoke": True})
        refused = http.post("/users/carl/destinations", json={"beacon": "Amon Din", "style": "slack"}).json()
        assert (refused["place"], refused["expected"]) == ("style", "beacon, smoke")
        schema = http.get("/openapi.json").json()["components"]["schemas"]["NewDestination"]
        assert {"beacon", "smoke"} <= schema["properties"].keys()
        assert len(schema["oneOf"]) == len(registry.to_people())
        http.post("/cases", json=OUTAGE)
        for _ in range(200):
            if Beacon.lit:
                break
            installation.outgoing.pages.wake.wait(0.05)
    assert ("Amon Din", "page") in Beacon.lit


@pytest.mark.usefixtures("beacon")
def test_commands_and_the_doctor_know_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.cli import run
    from tests.home import Home

    home = Home(tmp_path)
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert run("init").code == 0
    told = run("user", "reach", "--help").out
    assert "--beacon HILL" in told
    assert "--smoke" in told
    reached = run("user", "reach", "admin", "--beacon", "Amon Din", "--no-smoke")
    assert (reached.code, "Amon Din" in reached.out) == (0, True), reached.err
    assert "a torch" in reached.out
    listed = run("user", "unreach", "admin").out
    assert "beacon" in listed
    assert "Amon Din is in sight" in run("doctor").out


@pytest.mark.usefixtures("beacon")
def test_the_table_of_the_docs_has_it() -> None:
    assert "| beacon | a light on a hill | `beacon`, `smoke` | yes | no | no |" in registry.table()


def test_the_table_of_the_docs_is_that_of_the_registry() -> None:
    page = NOTIFICATIONS.read_text()
    assert registry.table() in page, registry.table()
    for field, _ in registry.fields():
        assert f"`{field.name}`" in page


def test_every_folder_is_in_the_registry() -> None:
    folder = Path(registry.__file__).parent
    names = {path.parent.name for path in folder.glob("*/channel.py")}
    assert names == registry.CHANNELS.keys()
