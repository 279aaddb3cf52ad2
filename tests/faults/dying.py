"""The service's own parts, in a process that may kill itself at a named point.

Every commit and every call of ours to another server is such a point, so that whatever
stands between two of them is tried.
"""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from companion.mail import Letter, Mailed, Mailer, NotMailed
from companion.sms.gateway import (
    ListedIn,
    ListedOut,
    Outgoing,
    Provider,
    SendResult,
    SentOut,
    Unlisted,
)
from companion.store.database import Session, Transactions
from tests.rigs import databases

COMMITS = ("before a commit", "after a commit")
CALLS = ("before the call", "after the call")
LISTS = ("before the list", "after the list")
LETTERS = ("before the letter", "after the letter")


class Fate:
    """Ends this process at one point, with a chance each time it is passed."""

    def __init__(self, point: str, seed: int, *, chance: float) -> None:
        self.point = point
        self._chance = chance
        self._random = random.Random(seed)

    def perhaps(self, point: str) -> None:
        """Die here, perhaps."""
        if point == self.point and self._random.random() < self._chance:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedTransactions(Transactions):
    """Real transactions, with a process that may end itself before or after a commit."""

    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url, databases.a_keyring())
        self._fate = fate

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Yield a session, and commit if the process lives that long."""
        with super().begin() as session:
            yield session
            self._fate.perhaps("before a commit")
        self._fate.perhaps("after a commit")


class DoomedGateway:
    """A real gateway, with a process that may end itself before or after a call."""

    def __init__(self, inner: Provider, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def send(self, text: Outgoing) -> SendResult:
        """Hand over *text*, if the process lives that long."""
        self._fate.perhaps("before the call")
        result = self._inner.send(text)
        self._fate.perhaps("after the call")
        return result

    def texts_out(self, to: str, since: datetime) -> tuple[ListedOut, ...] | Unlisted:
        """Read the list of what went out, if the process lives that long."""
        self._fate.perhaps("before the list")
        listed = self._inner.texts_out(to, since)
        self._fate.perhaps("after the list")
        return listed

    def texts_in(self, since: datetime) -> tuple[ListedIn, ...] | Unlisted:
        """Read the list of what came in, if the process lives that long."""
        self._fate.perhaps("before the list")
        listed = self._inner.texts_in(since)
        self._fate.perhaps("after the list")
        return listed

    def all_texts_out(self, since: datetime) -> tuple[SentOut, ...] | Unlisted:
        """Read the list of all that went out, if the process lives that long."""
        self._fate.perhaps("before the list")
        return self._inner.all_texts_out(since)

    def holder(self) -> str | Unlisted:
        """Read the mark on our number."""
        return self._inner.holder()

    def take_hold(self, mark: str) -> Unlisted | None:
        """Write the mark on our number."""
        return self._inner.take_hold(mark)


class DoomedMailer:
    """A real mailer, with a process that may end itself before or after a letter."""

    def __init__(self, inner: Mailer, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def send(self, letter: Letter) -> Mailed | NotMailed:
        """Hand over *letter*, if the process lives that long."""
        self._fate.perhaps("before the letter")
        result = self._inner.send(letter)
        self._fate.perhaps("after the letter")
        return result
