import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.core.ids import IdMint

IDS = st.integers(min_value=0, max_value=(1 << 63) - 1)


@given(IDS, IDS)
def test_text_sorts_as_the_integers_do_and_reads_back(first: int, second: int) -> None:
    assert ids.from_text(ids.to_text(first)) == first
    assert (ids.to_text(first) < ids.to_text(second)) == (first < second)
    assert len(ids.to_text(first)) == 13


@given(st.text(max_size=20))
def test_whatever_is_no_id_is_refused(text: str) -> None:
    letters = set("0123456789abcdefghjkmnpqrstvwxyz")
    good = len(text) == 13 and set(text.lower()) <= letters and text[0] in "01234567"
    if good:
        assert ids.to_text(ids.from_text(text)) == text.lower()
    else:
        with pytest.raises(InvalidInput, match="is not an id"):
            ids.from_text(text)


@given(st.lists(st.integers(min_value=-(10**15), max_value=4 * 10**15), min_size=2, max_size=200))
def test_every_id_is_larger_than_the_one_before_whatever_the_clock_does(times: list[int]) -> None:
    mint = IdMint(3)
    minted = [mint.new(now) for now in times]
    assert minted == sorted(set(minted))
    assert all(0 <= identifier < 1 << 63 for identifier in minted)


def test_more_ids_in_a_millisecond_than_there_are_sequences() -> None:
    mint = IdMint(0)
    minted = [mint.new(10**15) for _ in range(5000)]
    assert len(set(minted)) == 5000


def test_nodes_never_meet() -> None:
    one, other = IdMint(1), IdMint(2)
    first = {one.new(10**15 + place) for place in range(5000)}
    assert not first & {other.new(10**15 + place) for place in range(5000)}


@pytest.mark.parametrize("node", [-1, 1024])
def test_a_node_number_has_ten_bits(node: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        IdMint(node)
