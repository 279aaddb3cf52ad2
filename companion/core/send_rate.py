"""How fast our number may text: a budget of segments that fills as time passes.

Answers are never kept waiting, but take from the budget all the same; check-ins and
reminders that are due at one hour start as the budget lets them.
"""

import threading
from datetime import datetime

LONGEST_BURST_SECONDS = 1.0
"""An idle number saves up no more than it could have sent in this time."""


class SendRate:
    """Shared by all senders of one process. Moments are real time.

    *per_second* is in segments: that is what networks count.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._lock = threading.Lock()
        self._room = per_second * LONGEST_BURST_SECONDS
        self._at: datetime | None = None

    def has_room(self, now: datetime) -> bool:
        """Tell whether what can wait may leave now."""
        with self._lock:
            self._fill(now)
            return self._room > 0

    def take(self, segments: int, now: datetime) -> None:
        """Take in that so many segments leave."""
        with self._lock:
            self._fill(now)
            self._room -= segments

    def _fill(self, now: datetime) -> None:
        if self._at is not None and now > self._at:
            gone = (now - self._at).total_seconds()
            most = self._per_second * LONGEST_BURST_SECONDS
            self._room = min(most, self._room + gone * self._per_second)
        self._at = now
