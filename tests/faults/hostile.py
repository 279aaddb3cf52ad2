"""A hostile provider in a process of its own. Its ledger, a file, is the truth of what went out.

It takes texts late, takes them and hangs up, answers 500 with and without taking, asks to
slow down, and its list lags and fails. It knows nothing of our code.
"""

import json
import random
import socket
import struct
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

LATEST_SECONDS = 0.3
"""The longest it takes to accept a text after its call, or to list it."""
MODES = {
    "take": 55,
    "take slowly": 12,
    "take and reset": 8,
    "take and 500": 6,
    "500 and take later": 6,
    "500": 6,
    "429": 5,
    "reset": 2,
}
LIST_FAILS = 0.1


class Ledger:
    """What was taken: each text a line, written through before anybody is answered."""

    def __init__(self, path: Path, seed: int) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.random = random.Random(seed)
        self.rows: list[dict[str, Any]] = read(path)

    def take(self, fields: dict[str, str]) -> dict[str, Any]:
        """Take one text for good."""
        row = {
            "sid": f"SM{uuid4().hex}",
            "to": fields["To"],
            "body": fields["Body"],
            "at": time.time(),
            "listed_at": time.time() + self.random.uniform(0, LATEST_SECONDS),
        }
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            self.rows.append(row)
        return row


def read(path: Path) -> list[dict[str, Any]]:
    """Return every text that was taken, oldest first."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class _Handler(BaseHTTPRequestHandler):
    ledger: Ledger

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        [mode] = self.ledger.random.choices(list(MODES), list(MODES.values()))
        match mode:
            case "take":
                self._took(fields)
            case "take slowly":
                time.sleep(self.ledger.random.uniform(0, LATEST_SECONDS))
                self._took(fields)
            case "take and reset":
                self.ledger.take(fields)
                self._reset()
            case "take and 500":
                self.ledger.take(fields)
                self._json(500, {"code": 20500, "message": "no", "status": 500})
            case "500 and take later":
                wait = self.ledger.random.uniform(0, LATEST_SECONDS)
                threading.Timer(wait, self.ledger.take, [fields]).start()
                self._json(500, {"code": 20500, "message": "no", "status": 500})
            case "500":
                self._json(500, {"code": 20500, "message": "no", "status": 500})
            case "429":
                self._json(429, {"code": 20429, "message": "no", "status": 429})
            case _:
                self._reset()

    def do_GET(self) -> None:
        [to] = parse_qs(urlsplit(self.path).query)["To"]
        if self.ledger.random.random() < LIST_FAILS:
            self._json(500, {"code": 20500, "message": "no", "status": 500})
            return
        now = time.time()
        rows = [r for r in self.ledger.rows if r["to"] == to and r["listed_at"] <= now]
        self._json(200, {"messages": [_shown(r) for r in rows[::-1]], "next_page_uri": None})

    def _took(self, fields: dict[str, str]) -> None:
        self._json(201, _shown(self.ledger.take(fields)))

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def _json(self, status: int, body: Any) -> None:
        sent = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(sent)
        except OSError:
            self.close_connection = True  # whoever asked was killed

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "to": row["to"],
        "body": row["body"],
        "direction": "outbound-api",
        "status": "queued",
        "date_created": format_datetime(datetime.fromtimestamp(row["at"], UTC)),
    }


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: those who ask are killed on purpose."""


def provide(port: int, ledger: Path, seed: int) -> None:
    """Serve until killed."""
    handler = type("Handler", (_Handler,), {"ledger": Ledger(ledger, seed)})
    _Quiet(("127.0.0.1", port), handler).serve_forever()
