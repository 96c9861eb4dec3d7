"""What stories of guards share: a policy with areas and grave types, and setting and ending guards."""

from typing import Any

from tests.testing import World
from tocsin.administration import guards
from tocsin.guards.kinds import kind_of

AREAS = ("taxonomy:\n", "taxonomy:\n  product_areas: [shop, desk]\n")
SECURITY = ("    outage: {", "    security: {title: Security, severity: critical}\n    outage: {")


def put(here: World, kind: str, by: str = "lea", **given: Any) -> str:
    """The id of a new guard."""
    found = here.installation.writer.write(
        lambda tx: guards.add(
            tx, here.installation, here.viewer(by), kind_of(kind), {"reason": "planned work", **given}
        )
    )
    here.installation.step_all()
    return str(found["id"])


def end(here: World, kind: str, guard: str, by: str = "lea") -> None:
    here.installation.writer.write(lambda tx: guards.end(tx, here.installation, here.viewer(by), kind_of(kind), guard))
    here.installation.step_all()


def turn(here: World, on: bool, by: str = "lea") -> None:
    """Automation on or off."""
    here.installation.writer.write(
        lambda tx: guards.automation(tx, here.installation, here.viewer(by), on, "a rule goes wild")
    )
    here.installation.step_all()


def listed(here: World) -> list[dict[str, Any]]:
    with here.installation.database.reading(here.clock.now()) as tx:
        return guards.listed(tx)
