"""How long a form is known that was sent, and how many."""

import asyncio

import pytest
from starlette.responses import Response

from tocsin.web.once import KEPT, MOST, Repeated, Sendings

DONE, REFUSED = Response("done"), Response("no", 422)


def test_a_form_is_known_for_a_while_and_unless_it_was_refused() -> None:
    async def story() -> None:
        found = Sendings()
        found.begin(b"a", 0)
        with pytest.raises(Repeated) as again:
            found.begin(b"a", 1)
        assert not again.value.first.done()
        found.end(b"a", DONE)
        assert await again.value.first is DONE
        with pytest.raises(Repeated) as again:
            found.begin(b"a", KEPT - 1)
        assert await again.value.first is DONE
        found.begin(b"a", KEPT)
        with pytest.raises(Repeated) as again:
            found.begin(b"a", KEPT)
        found.end(b"a", REFUSED)
        assert await again.value.first is REFUSED, "it was under way together with the first"
        found.begin(b"a", KEPT)
        found.end(b"a", None)
        found.begin(b"a", KEPT)

    asyncio.run(story())


def test_the_oldest_is_forgotten_where_there_are_many() -> None:
    async def story() -> None:
        found = Sendings()
        for number in range(MOST + 1):
            found.begin(b"%d" % number, 0)
        with pytest.raises(Repeated):
            found.begin(b"1", 0)
        found.begin(b"0", 0)
        found.end(b"2", DONE)

    asyncio.run(story())
