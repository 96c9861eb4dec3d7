"""Where a list goes on, as a text that tells nothing. It is sealed with the installation's key, for what a list is
ordered by is not for everybody, and bound to its order: it goes on in no other."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from tocsin.cases.queries.listing import ListPosition
from tocsin.core import canonical
from tocsin.core.errors import InvalidInput, Misconfigured
from tocsin.core.vault import Vault
from tocsin.core.wording import say

_LENGTH = 56  # of what is sealed, whatever it says: a longer number would show


def write(vault: Vault, sort: str, place: ListPosition) -> str:
    text = canonical.encode([place.case, place.key]).decode().ljust(_LENGTH)
    return urlsafe_b64encode(vault.seal(text, _of(sort))).decode().rstrip("=")


def read(vault: Vault, sort: str, cursor: str) -> ListPosition:
    """What `write` wrote; InvalidInput for anything else, and for the cursor of another order."""
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        case, key = canonical.decode(vault.open(sealed, _of(sort)).encode())
    except (ValueError, Misconfigured):
        raise InvalidInput(
            say("this is not a cursor of a list by {sort}", sort=sort),
            place="cursor",
            expected=say("the cursor of an answer, and its sort"),
        ) from None
    return ListPosition(key, case)


def _of(sort: str) -> str:
    return f"cursor of {sort}"
