"""How long a form is known that was sent, and how many, and that whoever waits for its answer gets one."""

import asyncio
import weakref
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import Response

from tocsin.web import once
from tocsin.web.once import KEPT, MOST, Repeated, Sendings

DONE, REFUSED = Response("done"), Response("no", 422)


def test_a_form_is_known_for_a_while_and_unless_it_was_refused() -> None:
    async def story() -> None:
        found = Sendings()
        first = found.begin(b"a", 0)
        with pytest.raises(Repeated) as again:
            found.begin(b"a", KEPT)
        assert not again.value.first.done(), "it is under way, however long"
        found.end(first, DONE)
        assert await again.value.first is DONE
        with pytest.raises(Repeated) as again:
            found.begin(b"a", KEPT - 1)
        assert await again.value.first is DONE
        second = found.begin(b"a", KEPT)
        with pytest.raises(Repeated) as again:
            found.begin(b"a", KEPT)
        found.end(second, REFUSED)
        assert await again.value.first is REFUSED, "it was under way together with the first"
        found.end(found.begin(b"a", KEPT), None)
        found.begin(b"a", KEPT)

    asyncio.run(story())


def test_the_oldest_is_forgotten_where_there_are_many_and_none_that_is_under_way() -> None:
    async def story() -> None:
        found = Sendings()
        under_way = found.begin(b"under way", 0)
        for number in range(MOST):
            found.end(found.begin(b"%d" % number, 0), DONE)
        with pytest.raises(Repeated):
            found.begin(b"1", 0)
        with pytest.raises(Repeated) as again:
            found.begin(b"under way", 0)
        found.begin(b"0", 0)
        found.end(under_way, DONE)
        assert await again.value.first is DONE

    asyncio.run(story())


def test_an_answer_ends_by_itself_also_where_no_other_form_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "KEPT", 1)  # microseconds

    async def story() -> None:
        found = Sendings()
        secret = Response("shown once")
        left = weakref.ref(secret)
        found.end(found.begin(b"a", 0), secret)
        del secret
        while left() is not None:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(story(), 60))


def test_whoever_gives_up_waiting_ends_nothing() -> None:
    async def story() -> None:
        found, may_end = Sendings(), asyncio.Event()

        async def handle(request: Any) -> Response:
            request.state.sent = found.begin(b"a", 0)
            await may_end.wait()
            return DONE

        first, second = (
            asyncio.create_task(once.answered(SimpleNamespace(state=SimpleNamespace(sendings=found)), handle))  # type: ignore[arg-type]
            for _ in range(2)
        )
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        may_end.set()
        assert await first is DONE

    asyncio.run(story())
