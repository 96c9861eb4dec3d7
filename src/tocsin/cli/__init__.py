"""The command line: `tocsin`. Each command is imported when it is called, so that help comes at once."""

import os
import sys


def main() -> None:
    """Run the command line. Exit code 0 for success, 1 for a failed check, 2 for wrong use."""
    from tocsin.cli.app import app
    from tocsin.cli.output import local
    from tocsin.cli.safe import plain
    from tocsin.clocks.moments import localised
    from tocsin.core.errors import InvalidDocument, InvalidInput, Misconfigured, TocsinError

    try:
        app(prog_name="tocsin")
    except TocsinError as error:
        print(plain(localised(f"{error.title}: {error}", local), lines=True), file=sys.stderr)
        wrong_use = isinstance(error, InvalidInput | Misconfigured) and not isinstance(error, InvalidDocument)
        sys.exit(2 if wrong_use else 1)
    except BrokenPipeError:
        # Whoever read the output has read enough. What is still buffered has nowhere to go.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("TOCSIN_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        where = "TOCSIN_LOG_LEVEL=DEBUG shows where it happened"
        print(plain(f"Internal error: {type(error).__name__}: {error}; {where}", lines=True), file=sys.stderr)
        sys.exit(1)
