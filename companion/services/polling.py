"""Read the provider's own list of texts to us: what its call to us missed comes late, but once.

The list is read from where it was read before, with an hour's overlap; the text's own id
decides whether it is new. Any number of processes may do this at once.
"""

import logging
from datetime import datetime, timedelta

from companion.core.triage import service_finding
from companion.services import receiving
from companion.services.alerting import tell_every_organisation
from companion.sms.gateway import ListedIn, SmsGateway, Unlisted
from companion.store import inbound_list, replies
from companion.store.database import Transactions
from companion.wording import Wording

log = logging.getLogger(__name__)

POLL_EVERY = timedelta(seconds=60)
OVERLAP = timedelta(hours=1)
"""A text may enter the list late, or under an earlier time."""
CALL_ON_ITS_WAY = timedelta(seconds=30)
"""Younger texts are left for the call, which says more: whether the carrier opted out."""
TOLD_AFTER = timedelta(minutes=10)
"""Real time after which an unreadable list is told (rule S-01)."""


def poll(
    transactions: Transactions,
    gateway: SmsGateway,
    wording: Wording,
    *,
    now: datetime,
    real_now: datetime,
) -> int:
    """Take in what is listed and was never kept, oldest first; return how many.

    Does nothing within a minute of the last reading. A service that starts for the first
    time begins the list at that moment.
    """
    with transactions.reading() as session:
        read_until = inbound_list.read_until(session)
    if read_until is None:
        _note(transactions, real_now)
        return 0
    if real_now - read_until < POLL_EVERY + CALL_ON_ITS_WAY:
        return 0
    listed = gateway.texts_in(read_until - OVERLAP)
    if isinstance(listed, Unlisted):
        log.warning("the provider's list of texts to us could not be read: %s", listed.why)
        if real_now - read_until > TOLD_AFTER:
            _tell(transactions, "the provider's list of texts to us cannot be read", now)
        return 0
    settled = [text for text in listed if text.sent_at <= real_now - CALL_ON_ITS_WAY]
    missed = _never_kept(transactions, settled)
    if missed:
        _tell(transactions, "texts reach us only through the provider's list", now)
    for text in missed:
        receiving.receive(
            transactions,
            wording,
            provider_id=text.provider_id,
            phone=text.from_,
            body=text.body,
            opt_out_type=None,
            now=now,
            # Its true time, on the clock that people go by.
            sent_at=text.sent_at + (now - real_now),
            real_now=real_now,
        )
    _note(transactions, real_now - CALL_ON_ITS_WAY)
    return len(missed)


def _never_kept(transactions: Transactions, listed: list[ListedIn]) -> list[ListedIn]:
    with transactions.reading() as session:
        unknown = replies.unknown_among(session, [text.provider_id for text in listed])
    new = [text for text in listed if text.provider_id in unknown]
    return sorted(new, key=lambda text: (text.sent_at, text.provider_id))


def _note(transactions: Transactions, moment: datetime) -> None:
    with transactions.begin() as session:
        inbound_list.set_read_until(session, moment)


def _tell(transactions: Transactions, what: str, now: datetime) -> None:
    with transactions.begin() as session:
        tell_every_organisation(session, service_finding(what), now=now)
