"""The command line: `tocsin`. Each command is imported when it is called, so that help comes at once."""

import sys


def main() -> None:
    """Run the command line. Exit code 0 for success, 1 for a failed check, 2 for wrong use."""
    from tocsin.cli.app import app
    from tocsin.core.errors import TocsinError

    try:
        app(prog_name="tocsin")
    except TocsinError as error:
        print(f"{error.title}: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the output has read enough. What is still buffered has nowhere to go.
        sys.stderr.close()
        sys.exit(0)
