"""Public holidays by country and region, from the `holidays` library.

The library takes a third of a second to import and is therefore loaded when a calendar first names a country.
"""

import difflib
from datetime import date
from functools import lru_cache
from typing import Any

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say


def check(country: Any, region: Any, place: str) -> None:
    """InvalidInput, with the nearest known codes, where the library has no such country or region."""
    import holidays

    if not isinstance(country, str) or not (len(country) == 2 and country.isupper()):
        raise InvalidInput(
            say("{country} is not a country", country=f"{country!r:.40}"),
            place=f"{place}.country",
            expected=say('two capital letters in quotes, such as DE or "NO"'),
        )
    if region is not None and not isinstance(region, str):
        raise InvalidInput(
            say("{region} is not a region", region=f"{region!r:.40}"),
            place=f"{place}.region",
            expected=say("a code such as BE, in quotes"),
        )
    try:
        holidays.country_holidays(country, subdiv=region)
    except NotImplementedError:
        supported = holidays.list_supported_countries()
    else:
        return
    if country not in supported:
        known = [code for code in supported if len(code) == 2]
        raise InvalidInput(
            say("no holidays are known for country {country}", country=repr(country)),
            place=f"{place}.country",
            expected=_near(country, known),
        )
    raise InvalidInput(
        say("no holidays are known for region {region} of {country}", region=repr(region), country=country),
        place=f"{place}.region",
        expected=_near(region, supported[country]),
    )


@lru_cache(maxsize=4096)
def of_year(country: str, region: str | None, year: int) -> frozenset[date]:
    """The days off in that year, those moved from a weekend included. Empty where the library knows none."""
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=region, years=year, expand=False))


def _near(wanted: str | None, known: list[str]) -> Said:
    if not known:
        return say("no region: this country has none")
    close = difflib.get_close_matches((wanted or "").upper(), known, n=5, cutoff=0.4)
    return say("one of {choices}", choices=", ".join(close or sorted(known)[:30]))
