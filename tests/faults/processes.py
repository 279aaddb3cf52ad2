"""Processes that are there to be killed."""

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess

LONGEST_START_SECONDS = 60

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    ["tests.faults.sender", "tests.faults.hostile", "tests.faults.server", "tests.faults.teller"]
)


@contextmanager
def running(work: Callable[..., None], *arguments: object) -> Iterator[BaseProcess]:
    """Run *work* in a process, and kill it at the end of the block."""
    process = _processes.Process(target=work, args=arguments, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def send_signal(process: BaseProcess, what: signal.Signals) -> None:
    """Send a signal, unless the process has killed itself meanwhile."""
    assert process.pid is not None
    with suppress(ProcessLookupError):
        os.kill(process.pid, what)


def wait_for(port: int, process: BaseProcess | None = None) -> bool:
    """Wait until somebody listens on *port*; False when *process* ended before.

    Raises:
        TimeoutError: nobody does.
    """
    ends = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process is not None and not process.is_alive():
                return False
            time.sleep(0.02)
        else:
            return True
    raise TimeoutError(f"nobody listens on port {port}")
