"""What every package's tables share: one catalogue of tables, and the column types of the house.

Instants are integers (microseconds, UTC); ids are 63-bit integers; documents are canonical JSON in bytes.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Text
from sqlalchemy.sql.type_api import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes only a column declared INTEGER the table's own key.
Big: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def identifier(name: str = "id") -> Column[int]:
    """A primary key minted by `core.ids`."""
    return Column(name, Big, primary_key=True, autoincrement=False)


def number(name: str, *args: Any, optional: bool = False, **kwargs: Any) -> Column[int]:
    return Column(name, Big, *args, nullable=optional, **kwargs)


def instant(name: str, *, optional: bool = False, **kwargs: Any) -> Column[int]:
    """Microseconds since the epoch, UTC."""
    return Column(name, Big, nullable=optional, **kwargs)


def text(name: str, *args: Any, optional: bool = False, **kwargs: Any) -> Column[str]:
    return Column(name, Text, *args, nullable=optional, **kwargs)


def binary(name: str, *, optional: bool = False, **kwargs: Any) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=optional, **kwargs)
