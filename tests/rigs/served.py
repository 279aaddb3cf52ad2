"""The service as people start it: a process of its own, with its clock running."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
LONGEST_START_SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(
    config: Path, *arguments: str, typed: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the ``companion`` command to its end and return what it said."""
    return subprocess.run(
        [sys.executable, "-m", "companion.cli", "--config", str(config), *arguments],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def serving(config: Path, port: int) -> Iterator[str]:
    """Run ``companion serve`` and yield its address; it must stop well when told to."""
    process = subprocess.Popen(
        [sys.executable, "-m", "companion.cli", "--config", str(config), "serve"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        said, _none = process.communicate(timeout=60)
    if process.returncode != 0:
        raise AssertionError(f"it ended with {process.returncode}: {said.decode()[-4000:]}")


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(process.stdout.read().decode()[-4000:])
        try:
            if requests.get(f"{url}/healthz", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise TimeoutError("it did not start")
