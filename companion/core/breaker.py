"""A breaker: while the provider refuses our account nothing is tried, and nothing used up.

It opens after a few refusals in a row, whichever texts they were for. From time to time it
lets one harmless question through; only its answer closes it.
"""

import threading
from datetime import datetime, timedelta

REFUSALS = 3
PROBE_EVERY = timedelta(seconds=60)


class Breaker:
    """Shared by all senders of one process. Moments are real time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refusals = 0
        self._probe_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing may be tried."""
        return self._probe_at is not None

    def note(self, *, refused: bool, now: datetime) -> None:
        """Take in what came of one call: whether our account was refused."""
        with self._lock:
            self._refusals = self._refusals + 1 if refused else 0
            if self._refusals >= REFUSALS and self._probe_at is None:
                self._probe_at = now + PROBE_EVERY

    def may_probe(self, now: datetime) -> bool:
        """Tell whether the one who asks may put the harmless question now."""
        with self._lock:
            if self._probe_at is None or now < self._probe_at:
                return False
            self._probe_at = now + PROBE_EVERY
            return True

    def close(self) -> None:
        """Let everything through again."""
        with self._lock:
            self._refusals, self._probe_at = 0, None
