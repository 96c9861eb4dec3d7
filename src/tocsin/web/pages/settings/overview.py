"""`/settings`: its sections, what each is for, and who sees and changes it."""

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.core.wording import marked
from tocsin.people.permissions import ROLES, Role, includes, roles
from tocsin.web.pages.settings import frame, sections
from tocsin.web.pages.settings.frame import SettingsRoute, Visiting
from tocsin.web.pages.settings.sections import Section
from tocsin.web.places import Place

router = APIRouter(route_class=SettingsRoute)
PLACE = Place(
    "settings", marked("Settings"), "/settings", "settings", 1, key="e", group="foot", permission="people.read"
)


class Access(NamedTuple):
    """A section, and the roles that see and change it; none named: every role."""

    section: Section
    see: tuple[Role, ...]
    change: tuple[Role, ...]


@router.get("/settings")
def show(visit: Visiting) -> Response:
    role = visit.viewer.role
    changed = sum(includes(role, section.changes) for section in sections.SECTIONS)
    if changed == len(sections.SECTIONS):
        heading = visit.says("You may change everything here")
    elif changed:
        heading = visit.counts("You may change {amount} section", "You may change {amount} sections", changed)
    else:
        heading = visit.says("You may look, and change what is your own")
    return frame.show(visit, None, "overview.html", heading, table=[_access(one) for one in sections.SECTIONS])


def _access(section: Section) -> Access:
    see = roles(section.sees)
    return Access(section, () if set(see) == set(ROLES) else see, roles(section.changes))
