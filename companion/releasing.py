"""Let a restored copy of the service send, once it knows what went since the backup."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from companion.clock import real_now
from companion.core.grip import GOOD_FOR
from companion.core.settling import CLOCKS_DIFFER
from companion.runtime import Runtime
from companion.services import taking_over
from companion.services.taking_over import Compared
from companion.sms.gateway import Unlisted
from companion.store import inbound_list, messages, service_copy
from companion.ticking import catch_up

NOTICED_AFTER = GOOD_FOR + timedelta(seconds=30)
"""Another copy sends nothing more by then: its look is too old, the pass that it had begun
(5 s) and the last call of that (10 s) are over."""
MARGIN = 5 * CLOCKS_DIFFER
"""Texts are listed from so long before the backup: too many do no harm, one too few does."""
LONGEST_WAIT = timedelta(minutes=10)
AGAIN_SECONDS = 5.0


class ReleaseError(Exception):
    """The copy stays as it is. The message is for an operator."""


def release(
    runtime: Runtime, *, pause: Callable[[float], None] = time.sleep
) -> Iterator[str | Compared]:
    """Yield what is being done, line by line, and at last what was found.

    May be broken off and begun again at any line.

    Raises:
        ReleaseError: the copy does not wait, or the provider cannot be asked.
    """
    with runtime.transactions.begin() as session:
        copy = service_copy.waiting(session)
        if copy is None:
            raise ReleaseError(
                "this copy was not restored, or has been released. Where another copy has taken "
                "the number, back up that one and restore it here"
            )
        mark, backup_made_at, stopped_at = copy.mark, copy.backup_made_at, copy.restored_at
    assert backup_made_at is not None  # set together
    assert stopped_at is not None
    before = runtime.gateway.holder()
    if isinstance(before, Unlisted):
        raise ReleaseError(f"whose our number is could not be read: {before.why}")
    if isinstance(runtime.gateway.take_hold(mark), Unlisted):
        raise ReleaseError("our number could not be taken")
    if before:
        stopped_at = real_now() + NOTICED_AFTER
        yield "Taking the number. Another copy notices within two minutes and sends no more."
    yield "Reading what came since the backup. This takes up to two minutes."
    _wait_until_read(runtime, stopped_at, pause)
    yield "Comparing what waits with what went since the backup."
    listed = runtime.gateway.all_texts_out(backup_made_at - MARGIN)
    if isinstance(listed, Unlisted):
        raise ReleaseError(f"what went since the backup could not be read: {listed.why}")
    with runtime.transactions.begin() as session:
        yield taking_over.release(session, listed, now=runtime.clock.now(), real_now=real_now())


def _wait_until_read(
    runtime: Runtime, stopped_at: datetime, pause: Callable[[float], None]
) -> None:
    """Catch up until every text is kept that came before *stopped_at*, and none is half sent."""
    ends_at = real_now() + LONGEST_WAIT
    while real_now() < ends_at:
        catch_up(runtime)
        with runtime.transactions.reading() as session:
            read_until = inbound_list.read_until(session)
            half_sent = messages.is_any_sending(session)
        if read_until is not None and read_until >= stopped_at and not half_sent:
            return
        pause(AGAIN_SECONDS)
    raise ReleaseError("what came since the backup could not be read in ten minutes")
