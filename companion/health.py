"""Whether the service can do its work: the database, and each duty of the clock."""

from datetime import timedelta
from enum import StrEnum

from companion import schema_version
from companion.clock import real_now
from companion.runtime import Runtime
from companion.store import pulses, service_copy
from companion.store.database import DATABASE_TROUBLE
from companion.ticking import CALLS, DUTIES, ENQUIRIES

LONGEST_SILENCE = {
    **dict.fromkeys(DUTIES, timedelta(seconds=60)),
    # These wait for somebody else's servers.
    **dict.fromkeys((*ENQUIRIES, *CALLS), timedelta(minutes=5)),
}
"""Real time after which a duty that was not done counts as dead."""


def faults(runtime: Runtime) -> list[str]:
    """Return what keeps the service from its work, in words; nothing when all is well."""
    try:
        if not schema_version.is_current(runtime.transactions):
            return ["the tables are not up to date"]
        still = standstill(runtime)
        return [*([still] if still else []), *dead_duties(runtime)]
    except DATABASE_TROUBLE:
        return ["the database does not answer"]


class Standstill(StrEnum):
    """Why a copy of the service sends nothing on purpose."""

    NOT_RELEASED = "it was restored from a backup and not released"
    TAKEN = "another copy of the service has taken the number"


def standstill(runtime: Runtime) -> Standstill | None:
    """Return why this copy sends nothing on purpose, or None when it sends."""
    with runtime.transactions.reading() as session:
        if service_copy.waiting(session):
            return Standstill.NOT_RELEASED
    return Standstill.TAKEN if runtime.grip.lost else None


def dead_duties(runtime: Runtime) -> list[str]:
    """Return the duties that no process has done for too long."""
    with runtime.transactions.reading() as session:
        done = pulses.last_done(session)
    now = real_now()
    return [
        duty
        for duty, longest in LONGEST_SILENCE.items()
        if duty not in done or now - done[duty] > longest
    ]
