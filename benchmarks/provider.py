"""A provider that takes every text at once, so that only the service is measured."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import uuid4


class _Taker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    number: ClassVar = {"sid": f"PN{'1' * 32}", "friendly_name": ""}

    def do_GET(self) -> None:
        """Show our number, and an empty list of texts."""
        self._answer(200, {"incoming_phone_numbers": [self.number], "messages": []})

    def do_POST(self) -> None:
        """Say that the text was taken, or the number renamed."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if "FriendlyName" in form:
            self.number["friendly_name"] = form["FriendlyName"][0]
            self._answer(200, self.number)
        else:
            taken = {"sid": f"SM{uuid4().hex}", "to": form["To"][0], "status": "queued"}
            self._answer(201, taken)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        answer = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def taking_texts() -> Iterator[str]:
    """Run the provider and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Taker)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
