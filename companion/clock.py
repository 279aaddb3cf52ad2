"""People's time: real time, or ahead of it where demonstrations and tests moved it.

Leases, waiting times and time-outs never use this: they are on real time.
"""

from datetime import UTC, datetime, timedelta
from math import ceil

from companion.store.clock_setting import seconds_ahead, set_seconds_ahead
from companion.store.database import Transactions


class ClockError(ValueError):
    """The clock cannot be moved so. The message is for whoever tried."""


def real_now() -> datetime:
    """Return the machine's time, as UTC."""
    return datetime.now(UTC)


class Clock:
    """The clock of one service. Every process reads how far it is ahead from the database."""

    def __init__(self, transactions: Transactions, *, moves: bool) -> None:
        self._transactions = transactions
        self.moves = moves

    def now(self) -> datetime:
        """Return people's time, as UTC."""
        if not self.moves:
            return real_now()
        with self._transactions.reading() as session:
            return real_now() + timedelta(seconds=seconds_ahead(session))

    def set(self, moment: datetime) -> datetime:
        """Move people's time to *moment* and return it.

        Raises:
            ClockError: the service is live, or the clock would go backwards.
        """
        if not self.moves:
            raise ClockError("The clock of a live service cannot be moved")
        if moment.tzinfo is None:
            raise ClockError("Give the time zone, as in 2027-03-28T00:59:00Z")
        with self._transactions.begin() as session:
            ahead = ceil((moment - real_now()).total_seconds())
            if ahead < seconds_ahead(session):
                raise ClockError("The clock only goes forward: what was sent stays sent")
            set_seconds_ahead(session, ahead)
        return self.now()

    def advance(self, by: timedelta) -> datetime:
        """Move people's time forward and return it.

        Raises:
            ClockError: the service is live, or *by* is not more than nothing.
        """
        if by <= timedelta(0):
            raise ClockError("Give how far to go forward, such as 3d or 90m")
        return self.set(self.now() + by)
