"""Where the pages of the demonstration arrive: a web server that checks each signature, as a real receiver would."""

import hmac
import json
import queue
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tocsin.core.clock import stopwatch


class Message(NamedTuple):
    """A page or an alarm as it arrived; `at` seconds on the stopwatch."""

    content: dict[str, Any]
    at: float


class Receiver:
    """Takes messages at `url` until `close`, and hands them over in `messages`."""

    def __init__(self, secret: str) -> None:
        self.messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._secret = secret
        self._seen: set[str] = set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                genuine = receiver._genuine(self.headers, body)
                if genuine:
                    receiver._take(str(self.headers["webhook-id"]), json.loads(body))
                self.send_response(204 if genuine else 401)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="demo-receiver", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _genuine(self, headers: Any, body: bytes) -> bool:
        """Whether the signature fits. How old it is does not count here: the demonstration's time runs faster."""
        from standardwebhooks import Webhook

        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = Webhook(self._secret).sign(headers["webhook-id"], moment, body.decode())
        return hmac.compare_digest(expected, headers["webhook-signature"])

    def _take(self, message_id: str, content: dict[str, Any]) -> None:
        """Each message once: delivery is at least once, so a receiver knows a duplicate by its id."""
        if message_id not in self._seen:
            self._seen.add(message_id)
            self.messages.put(Message(content, stopwatch()))
