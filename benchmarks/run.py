"""``make bench``: start, memory and reply-to-alert, each beside a hello-world in one run.

Nothing here fails when a goal is missed: machines differ, so read the ratios.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import requests
from twilio.request_validator import RequestValidator

from benchmarks import house
from benchmarks.house import House
from benchmarks.provider import taking_texts

RATE = 50
"""Replies a second."""
SECONDS = 20
REPLIES = 2000
WARM_UP = 100
"""Replies before measuring, so that every module is loaded and every cache filled."""
STARTS = 3
GOALS = {"start": "2 s", "memory": "150 MB", "reply": "100 ms"}
_mine = threading.local()


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder, taking_texts() as provider:
        port, hello_port = _free_port(), _free_port()
        built = house.build(Path(folder), port=port, provider=provider)
        ours = [sys.executable, "-m", "companion.cli", "--config", str(built.file), "serve"]
        hello = [sys.executable, str(Path(__file__).with_name("hello.py")), str(hello_port)]
        start = statistics.median(_start_seconds(ours, port, "/healthz") for _ in range(STARTS))
        start_hello = statistics.median(
            _start_seconds(hello, hello_port, "/") for _ in range(STARTS)
        )
        with _running(hello, hello_port, "/") as process:
            slow_hello = _at_rate(lambda _n: _post(f"http://127.0.0.1:{hello_port}/", {"a": "b"}))
            memory_hello = _memory_mb(process.pid)
        with _running(ours, port, "/healthz") as process:
            _all_at_once(lambda n: _reply(built, n), WARM_UP)
            time.sleep(2)  # the clock has looked once at every patient
            slow = _at_rate(lambda n: _reply(built, n))
            _all_at_once(lambda n: _reply(built, n), REPLIES - RATE * SECONDS - WARM_UP)
            memory = _memory_mb(process.pid)
    rows = [
        ("start to first answer, s", start, start_hello, GOALS["start"]),
        (f"memory after {REPLIES} replies, MB", memory, memory_hello, GOALS["memory"]),
        (f"reply to alert, p99 at {RATE}/s, ms", slow, slow_hello, GOALS["reply"]),
    ]
    print(f"{'':38}{'ours':>9}{'hello':>9}{'ratio':>8}   goal")
    for name, figure, beside, goal in rows:
        print(f"{name:38}{figure:9.2f}{beside:9.2f}{figure / beside:8.1f}   {goal}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, path: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=_environment())
    try:
        _wait_for(f"http://127.0.0.1:{port}{path}")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment() -> dict[str, str]:
    """Return our environment, in which Python keeps what it compiled, as anywhere."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def _wait_for(url: str) -> None:
    for _ in range(3000):
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.01)
    raise TimeoutError(f"{url} does not answer")


def _start_seconds(command: list[str], port: int, path: str) -> float:
    began = time.perf_counter()
    with _running(command, port, path):
        return time.perf_counter() - began


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("VmRSS")


def _post(url: str, form: dict[str, str], signature: str = "") -> None:
    if not hasattr(_mine, "session"):
        _mine.session = requests.Session()
        _mine.session.trust_env = False
    answer = _mine.session.post(
        url, data=form, headers={"X-Twilio-Signature": signature}, timeout=30
    )
    answer.raise_for_status()


def _reply(built: House, number: int) -> None:
    """Text in as a patient who struggles: the answer comes once the alert is committed."""
    account, server = built.settings.twilio, built.settings.server
    form = {
        "AccountSid": account.account_sid,
        "MessageSid": f"SM{uuid4().hex}",
        "From": built.phones[number % len(built.phones)],
        "To": house.OUR_NUMBER,
        "Body": "really struggling today",
    }
    url = f"{server.public_url}/sms/incoming"
    _post(url, form, RequestValidator(account.auth_token).compute_signature(url, form))


def _at_rate(call: Callable[[int], None]) -> float:
    """Make calls at a steady rate and return the 99th percentile, in milliseconds.

    A call's time counts from when it was due, so that a service that falls behind shows.
    """
    took: list[float] = []
    began = time.perf_counter()

    def one(number: int) -> None:
        due = began + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        call(number)
        took.append(time.perf_counter() - due)

    with ThreadPoolExecutor(RATE) as pool:
        list(pool.map(one, range(RATE * SECONDS)))
    return statistics.quantiles(took, n=100)[98] * 1000


def _all_at_once(call: Callable[[int], None], count: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(count)))


if __name__ == "__main__":
    main()
