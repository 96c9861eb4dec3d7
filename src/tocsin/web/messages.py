"""What streams of events say, as bytes. A message is packed once for all who hear it: it is a whole number of bytes of
a compressed stream, and leans on nothing that was said before."""

import zlib
from dataclasses import dataclass
from functools import cached_property

# The head of a stream of gzip (RFC 1952) without a name and a time. Its end never comes: streams end by being cut.
HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True)
class StreamMessage:
    """As it stands in a stream that is not compressed."""

    plain: bytes

    @cached_property
    def packed(self) -> bytes:
        """As it stands in one that is, behind its head."""
        packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return packing.compress(self.plain) + packing.flush(zlib.Z_SYNC_FLUSH)


def event(name: str, data: str) -> StreamMessage:
    """An event of this name, which the page's script hears."""
    return StreamMessage(f"event: {name}\ndata: {data}\n\n".encode())


def part(html: str) -> StreamMessage:
    """A part of a page, which takes the place of the one that is shown."""
    lines = html.replace("\r", "").replace("\n", "\ndata: ")
    return StreamMessage(f"data: {lines}\n\n".encode())
