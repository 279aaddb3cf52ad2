"""Whether this copy of the service may send: our number bears its mark, read lately.

Two copies from one backup would both text every patient. The provider's number is the one
thing that both see, so the copy that may send writes its mark on it. Each looks from time
to time; the one that finds another's mark sends nothing more.
"""

import threading
from datetime import datetime, timedelta
from enum import Enum

LOOK_EVERY = timedelta(seconds=30)
GOOD_FOR = timedelta(seconds=90)
"""Rule S-03: after so long without a look the mark counts as not known. Real time."""


TOLD_AFTER = timedelta(minutes=10)
"""Rule S-01: real time after which a number that cannot be read is told."""


class Leave(Enum):
    """What a copy of the service may send now."""

    EVERYTHING = "everything"
    AT_LEAST_ONCE = "at least once"
    """Only what may go twice: crisis answers and texts to staff."""
    NOTHING = "nothing"


class Grip:
    """Shared by all senders of one process. Moments are real time.

    *needed* is false where no other copy can be, such as with the simulator.
    """

    def __init__(self, *, needed: bool) -> None:
        self._needed = needed
        self._lock = threading.Lock()
        self._seen_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._unknown_since: datetime | None = None
        self.lost = False
        """Whether the number bears another copy's mark."""

    def is_to_look(self, now: datetime) -> bool:
        """Tell whether the one who asks should look at the number now."""
        with self._lock:
            if not self._needed:
                return False
            if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
                return False
            self._looked_at = now
            return True

    def note(self, *, ours: bool, now: datetime) -> None:
        """Take in whose mark the number bears. *now* is when the look began."""
        with self._lock:
            self.lost = not ours
            self._seen_at = now
            self._unknown_since = None

    def note_failed_look(self, now: datetime) -> bool:
        """Take in that a look failed; tell whether all have, for long enough to tell people."""
        with self._lock:
            self._looked_at = None  # the next one who asks looks again
            self._unknown_since = self._unknown_since or now
            return now - self._unknown_since >= TOLD_AFTER

    def leave(self, now: datetime) -> Leave:
        """Return what may be sent."""
        with self._lock:
            if not self._needed:
                return Leave.EVERYTHING
            if self.lost:
                return Leave.NOTHING
            fresh = self._seen_at is not None and now - self._seen_at < GOOD_FOR
            return Leave.EVERYTHING if fresh else Leave.AT_LEAST_ONCE
