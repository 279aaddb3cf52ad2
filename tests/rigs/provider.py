"""A small hostile stand-in for Twilio's message API over real HTTP, with a ledger of its own.

What it took stands in ``taken``, whatever it answered. It knows nothing of our code.
"""

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4


class Mode(StrEnum):
    """What the provider does with the next request."""

    OK = "ok"
    TAKE_THEN_RESET = "take then reset"
    TAKE_THEN_CUT = "take, then break off in the middle of the answer"
    TAKE_THEN_500 = "take then 500"
    SERVER_ERROR = "500"
    SLOW_DOWN = "429"
    SLOW_DOWN_SILENTLY = "429 without Retry-After"
    SIGNED_OUT = "401"
    NOT_ALLOWED = "403"
    OPTED_OUT = "400 with 21610"
    BAD_NUMBER = "400 with 21211"
    UNKNOWN_REFUSAL = "400 with a code nobody knows"
    PROBLEM_DOCUMENT = "400 as RFC 9457"
    REDIRECT = "307"
    HANG = "hang"
    DRIP = "drip"
    FLOOD = "an endless answer"
    EMPTY = "201 without a body"
    NONSENSE = "201 with what is no JSON"
    LIST = "201 with a list"
    NO_DATES = "a list without dates"
    BROKEN_PAGE = "a list whose second page fails"
    ENDLESS_PAGES = "a list whose pages never end"
    NO_TO = "201 without to"
    WRONG_TO = "201 for another number"
    ODD_SID = "201 with an odd sid"


@dataclass
class Provider:
    """The running stand-in: what it took, and what it shall do next."""

    base: str
    taken: list[dict[str, str]] = field(default_factory=list)
    number: dict[str, str] = field(
        default_factory=lambda: {"sid": f"PN{'1' * 32}", "friendly_name": "Taper line"}
    )
    """Our number, as the account shows it."""
    numbers_shown: bool = True
    listed: list[dict[str, str]] = field(default_factory=list)
    """What the message list shows, newest first."""
    calls: list[dict[str, str]] = field(default_factory=list)
    modes: deque[Mode] = field(default_factory=deque)
    always: Mode = Mode.OK
    over: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)

    def next_mode(self) -> Mode:
        """Return what to do with this request."""
        return self.modes.popleft() if self.modes else self.always


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        fields = {
            name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()
        }
        self.provider.calls.append({"path": self.path, **fields})
        self.provider.asked.set()
        mode = self.provider.next_mode()
        renames = "/IncomingPhoneNumbers/" in self.path
        _ANSWERS.get(mode, _renamed if renames else _taken)(self, mode, fields)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.provider.calls.append({"path": address.path, **asked})
        mode = self.provider.next_mode()
        numbers = address.path.endswith("/IncomingPhoneNumbers.json")
        _ANSWERS.get(mode, _numbers if numbers else _list)(self, mode, asked)

    def json(self, status: int, body: Any, **headers: str) -> None:
        self.raw(status, json.dumps(body).encode(), **headers)

    def raw(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def _numbers(handler: _Handler, _mode: Mode, _asked: dict[str, str]) -> None:
    shown = [handler.provider.number] if handler.provider.numbers_shown else []
    handler.json(200, {"incoming_phone_numbers": shown})


def _renamed(handler: _Handler, _mode: Mode, fields: dict[str, str]) -> None:
    handler.provider.number["friendly_name"] = fields["FriendlyName"]
    handler.json(200, handler.provider.number)


def _list(handler: _Handler, mode: Mode, asked: dict[str, str]) -> None:
    size, page = int(asked.get("PageSize", "50")), int(asked.get("Page", "0"))
    if mode is Mode.BROKEN_PAGE:
        handler.provider.modes.append(Mode.SERVER_ERROR)
    to = asked.get("To")
    rows = [row for row in handler.provider.listed if to in {None, row["to"]}]
    here = rows[page * size : (page + 1) * size]
    more = (page + 1) * size < len(rows) or mode in {Mode.BROKEN_PAGE, Mode.ENDLESS_PAGES}
    if mode is Mode.ENDLESS_PAGES:
        here = rows
    path = urlsplit(handler.path).path
    query = f"?PageSize={size}&Page={page + 1}" + (f"&To={quote(to)}" if to else "")
    if mode is Mode.NO_DATES:
        here = [{**row, "date_created": ""} for row in here]
    handler.json(200, {"messages": here, "next_page_uri": path + query if more else None})


def _resource(fields: dict[str, str]) -> dict[str, str]:
    return {
        "sid": f"SM{uuid4().hex}",
        "to": fields["To"],
        "body": fields["Body"],
        "status": "queued",
        "date_created": "Mon, 04 Jan 2027 09:00:00 +0000",
    }


def _taken(handler: _Handler, mode: Mode, fields: dict[str, str]) -> None:
    resource = _resource(fields)
    handler.provider.taken.append({**fields, "sid": resource["sid"]})
    match mode:
        case Mode.TAKE_THEN_RESET:
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            handler.close_connection = True
            return
        case Mode.TAKE_THEN_CUT:
            handler.send_response(201)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b'{"sid":')
            return
        case Mode.NO_TO:
            del resource["to"]
        case Mode.WRONG_TO:
            resource["to"] = "+447700900999"
        case Mode.ODD_SID:
            resource["sid"] = "SM1"
        case _:
            pass
    handler.json(201, resource)


def _error(status: int, code: int, **headers: str) -> Callable[..., None]:
    def answer(handler: _Handler, _mode: Mode, _fields: dict[str, str]) -> None:
        handler.json(status, {"code": code, "message": "no", "status": status}, **headers)

    return answer


def _problem(handler: _Handler, _mode: Mode, _fields: dict[str, str]) -> None:
    handler.json(400, {"type": "about:blank", "title": "no", "status": 400, "code": 21614})


def _take_then_500(handler: _Handler, mode: Mode, fields: dict[str, str]) -> None:
    handler.provider.taken.append(fields)
    _error(500, 20500)(handler, mode, fields)


def _hang(handler: _Handler, _mode: Mode, fields: dict[str, str]) -> None:
    handler.provider.taken.append(fields)
    handler.provider.over.wait()
    handler.close_connection = True


def _drip(handler: _Handler, _mode: Mode, fields: dict[str, str]) -> None:
    handler.provider.taken.append(fields)
    handler.send_response(201)
    handler.end_headers()
    try:
        while not handler.provider.over.wait(0.02):
            handler.wfile.write(b" ")
    except OSError:
        handler.provider.over.wait(0)
    handler.close_connection = True


def _bytes(body: bytes) -> Callable[..., None]:
    def answer(handler: _Handler, _mode: Mode, _fields: dict[str, str]) -> None:
        try:
            handler.raw(201, body)
        except OSError:
            handler.close_connection = True

    return answer


_ANSWERS: dict[Mode, Callable[..., None]] = {
    Mode.TAKE_THEN_500: _take_then_500,
    Mode.SERVER_ERROR: _error(500, 20500),
    Mode.SLOW_DOWN: _error(429, 20429, Retry_After="7"),
    Mode.SLOW_DOWN_SILENTLY: _error(429, 20429),
    Mode.SIGNED_OUT: _error(401, 20003),
    Mode.NOT_ALLOWED: _error(403, 20003),
    Mode.OPTED_OUT: _error(400, 21610),
    Mode.BAD_NUMBER: _error(400, 21211),
    Mode.UNKNOWN_REFUSAL: _error(400, 99999),
    Mode.PROBLEM_DOCUMENT: _problem,
    Mode.REDIRECT: _error(307, 0, Location="/elsewhere"),
    Mode.HANG: _hang,
    Mode.DRIP: _drip,
    Mode.FLOOD: _bytes(b" " * 1_000_000),
    Mode.EMPTY: _bytes(b""),
    Mode.NONSENSE: _bytes(b"<html>"),
    Mode.LIST: _bytes(b"[1]"),
}


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run the stand-in on a free port, and end it together with every open request."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
