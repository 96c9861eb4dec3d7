"""Times as tools write them: each form is read as the instant that it means, and what could be two is not guessed."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.clocks import written as times
from tocsin.clocks.written import Order
from tocsin.core.unfit import Unfit

MOMENT = datetime(2024, 3, 12, 9, 41, tzinfo=UTC)
NAIVE = datetime(2024, 3, 12, 9, 41)
DAY = datetime(2024, 3, 12)

READ = {
    "1710236460": MOMENT,
    "1710236460000": MOMENT,
    "1710236460000000": MOMENT,
    "1710236460.0": MOMENT,
    "2024-03-12T09:41:00Z": MOMENT,
    "2024-03-12T09:41Z": MOMENT,
    "2024-03-12T09:41:00.000Z": MOMENT,
    "2024-03-12T09:41:00.000000000Z": MOMENT,
    "2024-03-12T10:41:00+0100": MOMENT,
    "2024-03-12T10:41:00.000+0100": MOMENT,
    "2024-03-12T10:41+01:00": MOMENT,
    "2024-03-12 10:41:00 +01": MOMENT,
    "2024-03-12 09:41:00 UTC": MOMENT,
    "2024-03-12 09:41:00 GMT": MOMENT,
    "2024-03-12 09:41 (UTC)": MOMENT,
    "2024-03-12 10:41 UTC+1": MOMENT,
    "2024-03-12 10:41 GMT+01:00": MOMENT,
    "2024-03-12 10:41 Europe/Berlin": MOMENT,
    "20240312T094100Z": MOMENT,
    "Tue, 12 Mar 2024 09:41:00 +0000": MOMENT,
    "Tue, 12 Mar 2024 04:41:00 EST": MOMENT,
    "Tue Mar 12 09:41:00 UTC 2024": MOMENT,
    "12 Mar 2024 09:41:00 GMT": MOMENT,
    "2024-03-12 09:41:00": NAIVE,
    "2024-03-12 09:41": NAIVE,
    "2024-03-12 9:41": NAIVE,
    "2024/03/12 09:41": NAIVE,
    "2024.03.12 09:41": NAIVE,
    "20240312094100": NAIVE,
    "March 12, 2024 9:41 AM": NAIVE,
    "March 12, 2024 at 9:41 AM": NAIVE,
    "Tuesday, March 12, 2024 9:41 AM": NAIVE,
    "Mar 12th, 2024, 9:41 a.m.": NAIVE,
    "Mar 12 09:41:00 2024": NAIVE,
    "12 Mar 2024 09:41 AM": NAIVE,
    "12/Mar/24 9:41 AM": NAIVE,
    "12-Mar-2024 09:41": NAIVE,
    "2024-Mar-12 09:41": NAIVE,
    "12. März 2024 09:41": NAIVE,
    "12.03.2024 09:41": NAIVE,
    "12.03.24, 09:41 Uhr": NAIVE,
    "13/03/2024": datetime(2024, 3, 13),
    "03/13/2024": datetime(2024, 3, 13),
    "2024-03-12": DAY,
    "2024/03/12": DAY,
    "20240312": DAY,
    "March 12, 2024": DAY,
    "12 March 2024": DAY,
    "12 mars 2024": DAY,
    "12 févr. 2024": datetime(2024, 2, 12),
    "12 de marzo de 2024": DAY,
    "1 septiembre 2024": datetime(2024, 9, 1),
    "12 de março de 2024": DAY,
    "12/août/24": datetime(2024, 8, 12),
    "12.03.2024": DAY,
    "12 Mar 2024 12:00 AM": DAY,
}
NONE = (
    *("", "-", "soon", "12", "2024", "2024-13-01", "2024-02-30", "12 Mar", "25:00", "2024-03-12 25:00", "31.02.2024"),
    *("13/13/2024", "2024-03-12 09:41 XYZ", "March 2024", "12 Foo 2024", "2024-03-12 13:41 PM", "1710236460 2024"),
)


@pytest.mark.parametrize("text", READ)
def test_a_form_that_means_one_instant_is_read(text: str) -> None:
    found = times.read(text, Order())
    assert (found, found.tzinfo is None) == (READ[text], READ[text].tzinfo is None)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        times.read(text, Order())


def test_a_day_that_could_be_a_month_is_not_guessed() -> None:
    with pytest.raises(Unfit, match=r"could be either; .*day_first.* either 3 April or 4 March"):
        times.read("03/04/2024", Order())
    assert times.read("03/04/2024", Order(True)) == datetime(2024, 4, 3)
    assert times.read("03/04/2024", Order(False)) == datetime(2024, 3, 4)
    assert times.read("04/04/2024", Order()) == datetime(2024, 4, 4), "the same either way"
    with pytest.raises(Unfit):
        times.read("03/13/2024", Order(True))


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["03/04/2024", "13/04/2024"], True),
        (["03/04/2024", "04/13/2024 9:41 PM"], False),
        (["03/04/2024", "04/03/2024"], None),
        (["13/04/2024", "04/13/2024"], None),
        (["2024-03-13", "nonsense"], None),
    ],
)
def test_the_whole_column_says_the_order(column: list[str], order: bool | None) -> None:
    assert times.Evidence(column).order is order


INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1))


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_what_is_written_by_the_standards_comes_back(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert times.read(moment.isoformat(), Order()) == moment
    assert times.read(format_datetime(moment), Order()) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(Unfit):
        times.read(text, Order())
