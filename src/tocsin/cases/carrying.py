"""How a face changes cases: with each of them, and all that follow it, locked; done as one of the writer's jobs."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tocsin.cases import store
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

T = TypeVar("T")


def carry_out(database: Database, writer: GroupWriter, cases: Sequence[int], write: Callable[[Tx], T]) -> T:
    """What `write` returns, once it is committed. Children go through what their parent does, in its transaction."""
    with database.reading() as tx:
        children = [child for case in cases for child in store.children(tx, case)]
    return writer.write(write, cases=(*cases, *children))
