"""A phone network in memory, for demonstrations and tests: the second real gateway.

It reaches nobody. Live services refuse it.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

from companion.sms.gateway import Accepted, Outgoing, SendResult

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
    Delivery reports wait in :meth:`take_reports` until somebody passes them on.
    """

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self._answers: deque[SendResult] = deque()
        self._reports: deque[DeliveryReport] = deque(maxlen=MOST_REPORTS)
        self._lock = threading.Lock()

    def answer_next(self, *results: SendResult) -> None:
        """Give *results*, in order, to the next texts; after them all is accepted again."""
        with self._lock:
            self._answers.extend(results)

    def send(self, text: Outgoing) -> SendResult:
        """Keep *text* and answer as told, or accept it."""
        with self._lock:
            self.sent.append(text)
            if self._answers:
                return self._answers.popleft()
            provider_id = f"SIM{uuid4().hex}"
            self._reports.append(DeliveryReport(text.callback_token, provider_id, "delivered"))
            return Accepted(provider_id)

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
