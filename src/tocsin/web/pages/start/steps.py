"""The steps of the first start, and how each stands: nothing is kept about them, for the installation itself says what
is done."""

from typing import NamedTuple

from tocsin.administration import practice
from tocsin.connectors import finding
from tocsin.core.wording import marked
from tocsin.notify import destinations
from tocsin.storage.transaction import Tx
from tocsin.web.pages.settings.frame import Visit


class Step(NamedTuple):
    """`asks`: the title of its page; `says`: what it is for; `usual`: what holds for whoever leaves it for later."""

    name: str
    title: str
    asks: str
    says: str
    usual: str

    @property
    def path(self) -> str:
        return f"/start/{self.name}"


class Stood(NamedTuple):
    """How a step stands: `says` what there is already, empty where there is nothing."""

    step: Step
    done: bool
    says: str


ZONE = Step(
    "zone",
    marked("Zone"),
    marked("In which zone do you work?"),
    marked("Office hours, targets and turns are counted in it. Every person can read times in a zone of their own."),
    marked("Until then it is UTC."),
)
PEOPLE = Step(
    "people",
    marked("People"),
    marked("Who works here?"),
    marked("Cases have owners, and pages go to people. Add those who are to be on call first."),
    marked("Until then everything is yours alone."),
)
PLACES = Step(
    "places",
    marked("Where pages go"),
    marked("Where do pages reach you?"),
    marked("A page that nobody gets wakes nobody. Add a place, and send a test page there."),
    marked("Until then no page reaches you, and whoever is reached by none is passed over."),
)
SCHEDULE = Step(
    "schedule",
    marked("On call"),
    marked("Who is on call, and for how long?"),
    marked("The first page of an escalation goes to whoever's turn it is, the next to whoever comes after them."),
    marked("Until then the first policy puts you on call."),
)
POLICY = Step(
    "policy",
    marked("Policy"),
    marked("Which customers do you have?"),
    marked("The policy says what is grave, what is promised, and whom it wakes. Begin with a starter."),
    marked("Until then tickets are refused, because nothing can decide them."),
)
SOURCE = Step(
    "source",
    marked("First source"),
    marked("Where do tickets come from?"),
    marked("Your help desk delivers each ticket to an address of its own, and it becomes a case."),
    marked("Until then cases come from forms, files and programs with a token."),
)
PRACTICE = Step(
    "practice",
    marked("Practice"),
    marked("Does a page reach you, and do you answer it?"),
    marked("A case of which nothing is wrong pages you, and nobody else. You answer it as you would at night."),
    marked("Until then, the first page that you answer may be a real one."),
)
STEPS = (ZONE, PEOPLE, PLACES, SCHEDULE, POLICY, SOURCE, PRACTICE)


def standing(tx: Tx, visit: Visit) -> list[Stood]:
    """How each step stands, in order, as the reader's zone and places, and the installation's people, rosters, policy
    and sources say."""
    here, viewer = visit.here, visit.viewer
    around, policies = here.desk.around(tx), here.desk.policies.get(tx)
    people, force = around.directory, policies.in_force(tx.now)
    own = people.by_name[viewer.name]
    active = sum(user.active for user in people.users.values())
    reach = destinations.load(tx).get(own.id, ())
    rosters = sorted(around.rosters.by_name)
    sources = [one["name"] for one in finding.listed(tx) if one["revoked_at"] is None]
    practised = practice.latest(tx, viewer)
    answered = practised is not None and practised.call.state == "answered"
    zone = policies.zone(tx.now).key if force is not None else own.zone
    return [
        Stood(ZONE, zone is not None, zone or ""),
        Stood(PEOPLE, active > 1, visit.counts("{amount} person", "{amount} people", active)),
        Stood(PLACES, bool(reach), ", ".join(one.address for one in reach)),
        Stood(SCHEDULE, bool(rosters), ", ".join(rosters)),
        Stood(
            POLICY,
            force is not None,
            visit.says("version {version} decides", version=str(force.version)) if force is not None else "",
        ),
        Stood(SOURCE, bool(sources), ", ".join(sources)),
        Stood(PRACTICE, answered, visit.says("acknowledged") if answered else ""),
    ]
