"""Wind the demonstration's clock forward, stopping at everything that happens on the way."""

from datetime import datetime, timedelta

from companion.demo import foresight
from companion.runtime import Runtime
from companion.ticking import tell_people, tick

A_MOMENT = timedelta(seconds=1)
MOST_STOPS = 500
"""More would be a mistake of ours: the clock must get on."""


def wind_to(runtime: Runtime, wanted: datetime) -> None:
    """Wind people's time to just after *wanted*.

    A jump over a day would be a service that slept: each check-in on the way is asked at
    its hour instead.
    """
    _tick_twice(runtime)
    for _ in range(MOST_STOPS):
        coming = next_moment(runtime)
        if coming is None or coming >= wanted:
            break
        runtime.clock.set(coming + A_MOMENT)
        _tick_twice(runtime)
    runtime.clock.set(max(wanted + A_MOMENT, runtime.clock.now()))
    _tick_twice(runtime)


def next_moment(runtime: Runtime) -> datetime | None:
    """Return when the next thing happens, or None when nothing will for a month."""
    now = runtime.clock.now()
    with runtime.transactions.reading() as session:
        return foresight.next_moment(session, runtime.wording, now)


def _tick_twice(runtime: Runtime) -> None:
    # What the first one queues leaves in the second.
    tick(runtime)
    tick(runtime)
    tell_people(runtime)
