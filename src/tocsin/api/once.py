"""Writing once for an `Idempotency-Key`: a request that comes again is answered as it was, but for its secrets."""

from collections.abc import Callable
from typing import Any

from fastapi.responses import Response

from tocsin.api.access import json
from tocsin.intake import replies
from tocsin.intake.accept import Once
from tocsin.intake.replies import Reply
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

AGAIN = "idempotent-replayed"


def write_once(
    here: Installation, again: Once | None, status: int, write: Callable[[Tx], dict[str, Any]], secret: str = ""
) -> Response:
    """Carry a write out, unless its key was used for it, and answer with what it returns. `secret` names the field
    that can be shown only once: it is not kept, and null in a later answer."""

    def job(tx: Tx) -> Reply:
        if (before := replies.find(tx, again)) is not None:
            return before
        body = write(tx)
        replies.keep(tx, again, body | {secret: None} if secret else body)
        return Reply(body)

    reply = here.writer.write(job)
    answer = json(reply.body, status)
    if reply.again:
        answer.headers[AGAIN] = "true"
    return answer
