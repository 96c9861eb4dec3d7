"""Rows in columns, as people read them: on a terminal never wider than it is."""

from collections.abc import Iterable, Iterator, Sequence

from tocsin.cli.safe import plain
from tocsin.core import texts

MOST = 200  # characters of a cell: whoever wants all of it asks for JSON
_GAP = "  "
_LEAST = 24  # columns worth having for the last cell
_BELOW = 3  # lines


def lines(
    columns: Sequence[str], rows: Iterable[Sequence[object]], width: int | None, *, cut: bool = False
) -> Iterator[str]:
    """The head and each row. `width`: of the terminal; None where a program reads, which gets each row on one line.
    Columns that do not fit stand below their row, with their names. `cut`: the last one takes the room that is left,
    where that is worth it."""
    cells = [[texts.cut(plain(str(cell)), MOST) for cell in row] for row in rows]
    widths = [max(map(_width, (name, *(row[place] for row in cells)))) for place, name in enumerate(columns)]
    fits = _fitting(widths, width, cut=cut)
    yield _row(columns, widths, fits)
    for row in cells:
        yield _row(row, widths, fits)
        below = [
            f"{name}: {cell}" if name else cell for name, cell in zip(columns[fits:], row[fits:], strict=True) if cell
        ]
        if below and width is not None:
            yield from (f"    {line}" for line in _wrapped(" · ".join(below), max(width - 4, _LEAST)))


def _fitting(widths: list[int], width: int | None, *, cut: bool) -> int:
    """How many columns stand beside each other; the first does in any case. Makes those narrower that have to be."""
    if width is None:
        return len(widths)
    used = 0
    for place, wide in enumerate(widths):
        left = width - used
        if wide > left:
            if place and not (cut and place == len(widths) - 1 and left >= _LEAST):
                return place
            widths[place] = left
        used += widths[place] + len(_GAP)
    return len(widths)


def _wrapped(text: str, room: int) -> list[str]:
    """At most _BELOW lines of so many columns, broken between words; only one longer than a line is broken within."""
    found = [""]
    for word in text.split():
        while True:
            before = found[-1] + " " if found[-1] else ""
            left = room - _width(before)
            if _width(word) <= left:
                found[-1] = before + word
                break
            if _width(word) > room and left > 1:
                begins = _as_much(word, left)
                found[-1], word = before + begins, word[len(begins) :]
            found.append("")
    if len(found) <= _BELOW:
        return found
    last = found[_BELOW - 1]
    return [*found[: _BELOW - 1], _as_much(last, room - 1).rstrip() + "…"]


def _as_much(text: str, room: int) -> str:
    """As much of it as fits in so many columns, and never a part of what is read as one character."""
    end = len(text)
    while end > 1 and _width(text[:end]) > room:
        end -= 1
    while 1 < end < len(text) and texts.joins(text, end):
        end -= 1
    return text[:end]


def _row(cells: Sequence[str], widths: Sequence[int], fits: int) -> str:
    return _GAP.join(_sized(cell, wide) for cell, wide in zip(cells[:fits], widths, strict=False)).rstrip()


def _sized(text: str, wide: int) -> str:
    from rich.cells import set_cell_size

    return set_cell_size(text, wide) if _width(text) <= wide else set_cell_size(text, wide - 1) + "…"


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
