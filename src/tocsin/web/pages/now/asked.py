"""What Now is asked to show."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, Field

from tocsin.cases.queries.asked import CaseQuery
from tocsin.web import travel


class NowForm(BaseModel, frozen=True):
    """What Now shows, and how: of which team, level, product area and account; as a list, grouped, or as a board."""

    team: Annotated[str, Field(max_length=100)] = ""
    level: Literal["", "standard", "senior", "executive"] = ""
    product_area: Annotated[str, Field(max_length=100)] = ""
    account: Annotated[str, Field(max_length=200)] = ""
    group: Literal["need", "team", "level", "account"] = "need"
    show: Literal["list", "board"] = "list"
    as_of: Annotated[str, Field(max_length=40)] = ""
    zone: Annotated[str, Field(max_length=60)] = ""
    back: Annotated[int, Field(ge=0, le=travel.FARTHEST)] = 0

    def address(self, **changed: Any) -> str:
        """The same, as the part of an address behind its question mark; empty where nothing is chosen. `changed`: what
        else is said there, or otherwise."""
        usual = dict(NowForm())
        given = {name: value for name, value in self.model_dump().items() if name in usual} | changed
        return urlencode({name: value for name, value in given.items() if value != usual.get(name)})

    @property
    def query(self) -> CaseQuery:
        """What it leaves out, as views keep it."""
        chosen = {"team": self.team, "level": self.level, "product_area": self.product_area, "account": self.account}
        return CaseQuery(**{name: value for name, value in chosen.items() if value})  # type: ignore[arg-type]

    @property
    def narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return any((self.team, self.level, self.product_area, self.account))


Asked = Annotated[NowForm, Query()]


class NowAnswered(NowForm, frozen=True):
    """The same after a form of its own: which verb was carried out, on which case."""

    done: str = ""
    case: str = ""
