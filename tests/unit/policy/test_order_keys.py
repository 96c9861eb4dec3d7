"""Order keys: which of two values of a source is the lower one."""

import pytest

from tocsin.policy.lenient.order import columns, order_key, precedes, stored

GROWING = {
    "numbers": [-3, 0, 1.5, "2", 10, "10.25", "999999999999999999", "1000000000000000000000"],
    "times": ["2026-11-02T07:00:00Z", "2026-11-02T09:00:00+01:00", "2026-11-02 08:00:01.5+00:00"],
    "fractions of seconds": ["1355517523.000005", "1355517523.000006", "1355517524"],
    "texts": ["01HF0000000000000000000000", "01HF0000000000000000000001", "01HG0000000000000000000000"],
    "padded": ["rev-0009", "rev-0010"],
}


@pytest.mark.parametrize("values", GROWING.values(), ids=GROWING)
def test_what_grows_is_known_to_grow_also_as_it_is_stored(values: list[object]) -> None:
    keys = [order_key(value) for value in values]
    assert [stored(*columns(key)) for key in keys] == keys
    for place, one in enumerate(keys):
        assert [precedes(one, other) for other in keys] == [place < at for at in range(len(keys))]


def test_a_number_and_a_text_cannot_be_compared() -> None:
    assert not precedes(order_key(5), order_key("v6"))
    assert not precedes(order_key("v6"), order_key(7))


@pytest.mark.parametrize("value", [None, True, "", "  ", [], {}, "x" * 101, "a\nb", float("nan"), float("inf")])
def test_what_orders_nothing_is_no_key(value: object) -> None:
    assert order_key(value) is None
