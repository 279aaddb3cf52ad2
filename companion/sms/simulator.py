"""A phone network in memory, for demonstrations and tests: the second real gateway.

It reaches nobody. Live services refuse it.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from companion.sms.gateway import (
    Accepted,
    ListedIn,
    ListedOut,
    Outgoing,
    SendResult,
    SentOut,
    Unlisted,
)

MOST_REPORTS = 10_000
"""More than ever wait; older ones are dropped, as a provider's may be lost."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a provider would tell us later about a text that it took."""

    callback_token: str = field(repr=False)
    provider_id: str
    word: str


class SimulatedGateway:
    """Takes every text, unless told to answer otherwise.

    *sent* holds each text that was handed over, oldest first, whatever the answer was.
    Delivery reports wait in :meth:`take_reports` until somebody passes them on. *clock*
    is the network's own.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.sent: list[Outgoing] = []
        self.list_fails = False
        self._clock = clock
        self._answers: deque[tuple[SendResult, bool]] = deque()
        self._reports: deque[DeliveryReport] = deque(maxlen=MOST_REPORTS)
        self._taken: deque[SentOut] = deque(maxlen=MOST_REPORTS)
        self._came_in: deque[ListedIn] = deque(maxlen=MOST_REPORTS)
        self._mark = ""
        self._lock = threading.Lock()

    def answer_next(self, *results: SendResult, taken: bool = False) -> None:
        """Give *results*, in order, to the next texts; after them all is accepted again.

        With *taken* the network takes each text all the same, as when an answer is lost.
        """
        with self._lock:
            self._answers.extend((result, taken) for result in results)

    def text_in(self, from_: str, body: str) -> ListedIn:
        """Let a phone text us while nobody tells us of it: only the list shows it."""
        text = ListedIn(f"SIM{uuid4().hex}", from_, body, self._clock())
        with self._lock:
            self._came_in.append(text)
        return text

    def send(self, text: Outgoing) -> SendResult:
        """Keep *text* and answer as told, or accept it."""
        with self._lock:
            self.sent.append(text)
            if self._answers:
                result, taken = self._answers.popleft()
                if taken or isinstance(result, Accepted):
                    self._take(text, result)
                return result
            provider_id = self._take(text, None)
            self._reports.append(DeliveryReport(text.callback_token, provider_id, "delivered"))
            return Accepted(provider_id)

    def _take(self, text: Outgoing, result: SendResult | None) -> str:
        named = result.provider_id if isinstance(result, Accepted) else f"SIM{uuid4().hex}"
        self._taken.append(SentOut(named, text.to, text.body, self._clock()))
        return named

    def texts_in(self, since: datetime) -> tuple[ListedIn, ...] | Unlisted:
        """Return what phones texted since then."""
        if self.list_fails:
            return Unlisted("the list was told to fail")
        with self._lock:
            return tuple(text for text in self._came_in if text.sent_at >= since)

    def texts_out(self, to: str, since: datetime) -> tuple[ListedOut, ...] | Unlisted:
        """Return what was taken for one phone since then."""
        if self.list_fails:
            return Unlisted("the list was told to fail")
        with self._lock:
            return tuple(
                ListedOut(text.provider_id, text.created_at)
                for text in self._taken
                if text.to == to and text.created_at >= since
            )

    def all_texts_out(self, since: datetime) -> tuple[SentOut, ...] | Unlisted:
        """Return what was taken for any phone since then."""
        if self.list_fails:
            return Unlisted("the list was told to fail")
        with self._lock:
            return tuple(text for text in self._taken if text.created_at >= since)

    def holder(self) -> str | Unlisted:
        """Return the mark on the number."""
        return Unlisted("the list was told to fail") if self.list_fails else self._mark

    def take_hold(self, mark: str) -> Unlisted | None:
        """Write *mark* on the number."""
        if self.list_fails:
            return Unlisted("the list was told to fail")
        self._mark = mark
        return None

    def take_reports(self) -> list[DeliveryReport]:
        """Return the delivery reports not taken yet, oldest first, and forget them."""
        with self._lock:
            taken = list(self._reports)
            self._reports.clear()
        return taken

    def sent_to(self, phone: str) -> list[Outgoing]:
        """Return the texts handed over for *phone*, oldest first."""
        with self._lock:
            return [text for text in self.sent if text.to == phone]
