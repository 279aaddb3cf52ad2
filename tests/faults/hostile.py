"""A hostile provider in a process of its own. Its ledger, a file, is the truth of what went out.

It takes texts late, takes them and hangs up, lets its answer drip or never come, answers
500 with and without taking, redirects, asks to slow down, and its list lags and fails. It
calls back early, twice and out of order. It knows nothing of our code.
"""

import json
import random
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlencode, urlsplit
from uuid import uuid4

import requests
from twilio.request_validator import RequestValidator

LATEST_SECONDS = 0.3
"""The longest it takes to accept a text after its call, to list it, or to call back."""
MODES = {
    "take": 55,
    "take slowly": 12,
    "take and reset": 8,
    "take and 500": 6,
    "500 and take later": 6,
    "500": 6,
    "429": 5,
    "reset": 2,
    "take and hang": 2,
    "take and drip": 2,
    "redirect": 2,
    "opted out": 1,
}
LIST_FAILS = 0.1
CALLBACKS = (
    ("sent", "delivered"),
    ("sent", "sent", "delivered", "delivered"),
    ("delivered", "sent", "queued"),
    ("undelivered", "sent"),
)
EARLY = 0.2
"""How often it calls back before it answers the call that handed the text over."""
HANG_SECONDS = 1.5


class Ledger:
    """What was taken: each text a line, written through before anybody is answered."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._path = folder / LEDGER
        self._came_in = folder / CAME_IN
        self._lock = threading.Lock()
        self.random = random.Random(seed)
        self._rows: list[dict[str, Any]] = read(self._path)
        self.number = {"sid": f"PN{'1' * 32}", "friendly_name": "our number"}

    def take(self, fields: dict[str, str]) -> dict[str, Any]:
        """Take one text for good."""
        row = {
            "sid": f"SM{uuid4().hex}",
            "to": fields["To"],
            "body": fields["Body"],
            "direction": "outbound-api",
            "at": time.time(),
            "listed_at": time.time() + self.random.uniform(0, LATEST_SECONDS),
        }
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            self._rows.append(row)
        return row

    def listed(self, to: str | None) -> list[dict[str, Any]]:
        """Return what the list shows by now of texts to one number, or to all, newest first."""
        now = time.time()
        rows = [*self._rows, *read(self._came_in)]
        shown = [row for row in rows if to in {None, row["to"]} and row["listed_at"] <= now]
        return sorted(shown, key=lambda row: row["at"], reverse=True)


LEDGER, CAME_IN = "ledger.jsonl", "came-in.jsonl"


def text_in(folder: Path, *, from_: str, to: str, body: str) -> str:
    """Let a phone text *to*, into the provider's list, and return the text's id."""
    now = time.time()
    row = {
        "sid": f"SM{uuid4().hex}",
        "from": from_,
        "to": to,
        "body": body,
        "direction": "inbound",
        "at": now,
        "listed_at": now,
    }
    with (folder / CAME_IN).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    return str(row["sid"])


def read(path: Path) -> list[dict[str, Any]]:
    """Return every text that was taken, oldest first."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Where reports of delivery go, and what they are signed with."""

    local: str
    """The address that is called, in place of *public*."""
    public: str
    token: str
    account_sid: str

    def call(self, url: str, row: dict[str, Any], words: tuple[str, ...]) -> None:
        """Report *words*, one after the other, whether anybody listens or not."""
        for word in words:
            fields = {
                "MessageSid": row["sid"],
                "AccountSid": self.account_sid,
                "MessageStatus": word,
                "To": row["to"],
                **({"ErrorCode": "30003"} if word == "undelivered" else {}),
            }
            signature = RequestValidator(self.token).compute_signature(url, fields)
            with suppress(requests.RequestException):
                requests.post(
                    self.local + url.removeprefix(self.public),
                    data=fields,
                    headers={"X-Twilio-Signature": signature},
                    timeout=1,
                )


class _Handler(BaseHTTPRequestHandler):
    ledger: Ledger
    callbacks: Callbacks | None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        if "/IncomingPhoneNumbers/" in self.path:
            self.ledger.number["friendly_name"] = fields["FriendlyName"]
            self._json(200, self.ledger.number)
            return
        [mode] = self.ledger.random.choices(list(MODES), list(MODES.values()))
        if mode.startswith("take"):
            self._take_and(mode, fields)
        else:
            self._do_not_take(mode, fields)

    def _take_and(self, mode: str, fields: dict[str, str]) -> None:
        if mode == "take slowly":
            time.sleep(self.ledger.random.uniform(0, LATEST_SECONDS))
        taken = _shown(self._take(fields))
        match mode:
            case "take and reset":
                self._reset()
            case "take and hang":
                time.sleep(HANG_SECONDS)
                self._reset()
            case "take and drip":
                self._drip(taken)
            case "take and 500":
                self._refuse(500, 20500)
            case _:
                self._json(201, taken)

    def _do_not_take(self, mode: str, fields: dict[str, str]) -> None:
        match mode:
            case "500 and take later":
                wait = self.ledger.random.uniform(0, LATEST_SECONDS)
                threading.Timer(wait, self._take, [fields]).start()
                self._refuse(500, 20500)
            case "500":
                self._refuse(500, 20500)
            case "429":
                self._refuse(429, 20429)
            case "opted out":
                self._refuse(400, 21610)
            case "redirect":
                self._json(307, {}, Location=self.path)
            case _:
                self._reset()

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        to = asked.get("To")
        if address.path.endswith("/IncomingPhoneNumbers.json"):
            self._json(200, {"incoming_phone_numbers": [self.ledger.number]})
            return
        if self.ledger.random.random() < LIST_FAILS:
            self._refuse(500, 20500)
            return
        rows = self.ledger.listed(to)
        size, page = int(asked.get("PageSize", "50")), int(asked.get("Page", "0"))
        here = rows[page * size : (page + 1) * size]
        more = None
        if (page + 1) * size < len(rows):
            more = f"{address.path}?{urlencode({**asked, 'Page': page + 1})}"
        self._json(200, {"messages": [_shown(row) for row in here], "next_page_uri": more})

    def _take(self, fields: dict[str, str]) -> dict[str, Any]:
        row = self.ledger.take(fields)
        if self.callbacks is not None:
            chance = self.ledger.random
            words, url = chance.choice(CALLBACKS), urldefrag(fields["StatusCallback"]).url
            if chance.random() < EARLY:
                self.callbacks.call(url, row, words)
            else:
                wait = chance.uniform(0, LATEST_SECONDS)
                threading.Timer(wait, self.callbacks.call, [url, row, words]).start()
        return row

    def _refuse(self, status: int, code: int) -> None:
        self._json(status, {"code": code, "message": "no", "status": status})

    def _drip(self, body: Any) -> None:
        sent = json.dumps(body).encode()
        with suppress(OSError):
            self.send_response(201)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            for byte in sent:
                self.wfile.write(bytes([byte]))
                time.sleep(HANG_SECONDS / len(sent))

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def _json(self, status: int, body: Any, **headers: str) -> None:
        sent = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Retry-After", "1")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)
        except OSError:
            self.close_connection = True  # whoever asked was killed

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    inbound = row["direction"] == "inbound"
    return {
        "sid": row["sid"],
        "from": row.get("from"),
        "to": row["to"],
        "body": row["body"],
        "direction": row["direction"],
        "status": "received" if inbound else "queued",
        "date_created": format_datetime(datetime.fromtimestamp(row["at"], UTC)),
    }


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: those who ask are killed on purpose."""


def provide(port: int, folder: Path, seed: int, callbacks: Callbacks | None = None) -> None:
    """Serve until killed; the ledger and what phones text stand in *folder*."""
    fields = {"ledger": Ledger(folder, seed), "callbacks": callbacks}
    _Quiet(("127.0.0.1", port), type("Handler", (_Handler,), fields)).serve_forever()
