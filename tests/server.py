"""A server process for tests that kill it: `python -m tests.server URL PORT RECEIVER`; prints its token when ready."""

import sys
from importlib import resources

import uvicorn

from tests.testing import PEOPLE, SECRET, furnish
from tocsin import runtime
from tocsin.api.app import create


def main(url: str, port: int, receiver: str) -> None:
    installation = runtime.build(url, SECRET, allow_private=True)
    with installation.database.reading() as tx:
        fresh = tx.row("SELECT 1 FROM users") is None
    if fresh:
        starter = resources.files("tocsin.policy.starters").joinpath("b2b-saas.yaml").read_text()
        print(furnish(installation, starter, PEOPLE, receiver), flush=True)
    installation.start()
    uvicorn.run(create(installation), port=port, log_level="warning", lifespan="off", loop="uvloop", http="httptools")
    installation.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
