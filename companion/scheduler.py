"""The clock of the embedded mode: APScheduler ticks, and an event wakes the sender.

What is due is always a query over our rows. APScheduler holds no truth: its jobs are
in memory, and losing them loses nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

from companion.clock import real_now
from companion.runtime import Runtime
from companion.ticking import ask_provider, send_now, tell_people, tick
from companion.watchdog import report

TICK_SECONDS = 1
ENQUIRY_SECONDS = 5
REPORT_SECONDS = 60
FIRST_REPORT_SECONDS = 10
"""By then each duty has had its turn: before it has, nothing is well yet and nothing is wrong."""
LONGEST_WAIT_SECONDS = 5
"""How often the sender's thread looks whether it should stop."""


@contextmanager
def running(runtime: Runtime) -> Iterator[None]:
    """Tick while the block runs; at its end wait for what has begun."""
    scheduler = BackgroundScheduler(timezone="UTC")
    jobs = (
        (tick, TICK_SECONDS, 0),
        (ask_provider, ENQUIRY_SECONDS, 0),
        (tell_people, ENQUIRY_SECONDS, 0),
        (report, REPORT_SECONDS, FIRST_REPORT_SECONDS),
    )
    for duty, seconds, first in jobs:
        scheduler.add_job(
            duty,
            "interval",
            args=[runtime],
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=real_now() + timedelta(seconds=first),
        )
    stopping = Event()
    sender = Thread(target=_send_when_woken, args=(runtime, stopping), name="sender")
    scheduler.start()
    sender.start()
    try:
        yield
    finally:
        stopping.set()
        runtime.wake.set()
        sender.join()
        scheduler.shutdown(wait=True)


def _send_when_woken(runtime: Runtime, stopping: Event) -> None:
    while not stopping.is_set():
        if runtime.wake.wait(LONGEST_WAIT_SECONDS):
            runtime.wake.clear()
            if not stopping.is_set():
                send_now(runtime)
