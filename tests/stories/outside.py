"""Whoever waits for the heartbeat outside."""


class Outside:
    """Whoever takes the heartbeat."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.down = False

    def __call__(self, url: str) -> None:
        if self.down:
            raise OSError("nobody there")
        self.calls.append(url)


HEARTBEAT = "https://watch.test/ping/secret"
