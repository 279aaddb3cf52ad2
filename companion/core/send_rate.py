"""How fast our number may text: a budget of segments that fills as time passes.

Answers are never kept waiting, but take from the budget all the same; check-ins and
reminders that are due at one hour start as the budget lets them. When the provider asks to
slow down, what can wait stops for as long as it asks and then goes at half the speed,
which grows back while texts are taken.
"""

import threading
from datetime import datetime, timedelta

LONGEST_BURST_SECONDS = 1.0
"""An idle number saves up no more than it could have sent in this time."""
SLOWEST_PART = 16
"""It never becomes slower than this part of what the settings allow."""
GROWS_BY = 1.02
"""With each text that the provider took."""


class SendRate:
    """Shared by all senders of one process. Moments are real time.

    *per_second* is in segments: that is what networks count.
    """

    def __init__(self, per_second: float) -> None:
        self._allowed = per_second
        self._per_second = per_second
        self._lock = threading.Lock()
        self._room = per_second * LONGEST_BURST_SECONDS
        self._at: datetime | None = None
        self._stopped_until: datetime | None = None

    def has_room(self, now: datetime) -> bool:
        """Tell whether what can wait may leave now."""
        with self._lock:
            self._fill(now)
            stopped = self._stopped_until is not None and now < self._stopped_until
            return self._room > 0 and not stopped

    def take(self, segments: int, now: datetime) -> None:
        """Take in that so many segments leave."""
        with self._lock:
            self._fill(now)
            self._room -= segments

    def slow_down(self, after_seconds: float, now: datetime) -> None:
        """Take in that the provider wants us to wait so long, and to be slower then."""
        with self._lock:
            until = now + timedelta(seconds=after_seconds)
            if self._stopped_until is None or now >= self._stopped_until:
                # One crowd of refusals is one request to slow down.
                self._per_second = max(self._per_second / 2, self._allowed / SLOWEST_PART)
            self._stopped_until = max(self._stopped_until or until, until)

    def note_taken(self) -> None:
        """Take in that the provider took a text."""
        with self._lock:
            self._per_second = min(self._per_second * GROWS_BY, self._allowed)

    def _fill(self, now: datetime) -> None:
        if self._at is not None and now > self._at:
            gone = (now - self._at).total_seconds()
            most = self._per_second * LONGEST_BURST_SECONDS
            self._room = min(most, self._room + gone * self._per_second)
        self._at = now
