"""Our own sender as a process that is there to be killed.

The code is the service's own; only its waits are shorter, so that a thousand kills do not
take a week. It can be told to kill itself at a named point between two commits or calls.
"""

import os
import random
import signal
import time
from datetime import datetime, timedelta

from companion.clock import real_now
from companion.services import settling
from companion.services.sending import SendingLimits, dispatch_once
from companion.services.settling import settle_doubts
from companion.sms.gateway import ListedIn, ListedOut, Outgoing, SendResult, Unlisted
from companion.sms.twilio import TwilioAccount, TwilioGateway
from companion.store.database import Transactions
from tests.rigs import databases
from tests.rigs.times import MONDAY_NINE

LIMITS = SendingLimits(lease_seconds=1, settle_seconds=2, threads=4, deadline_seconds=0.5)
POINTS = ("before the call", "after the call", "before the list", "after the list")
CHANCE = 0.3


class Doomed:
    """The real gateway, with a process that may end itself before or after a call."""

    def __init__(self, inner: TwilioGateway, point: str, seed: int) -> None:
        self._inner = inner
        self._point = point
        self._random = random.Random(seed)

    def send(self, text: Outgoing) -> SendResult:
        """Hand over *text*, if the process lives that long."""
        self._perhaps("before the call")
        result = self._inner.send(text)
        self._perhaps("after the call")
        return result

    def texts_out(self, to: str, since: datetime) -> tuple[ListedOut, ...] | Unlisted:
        """Read the list, if the process lives that long."""
        self._perhaps("before the list")
        listed = self._inner.texts_out(to, since)
        self._perhaps("after the list")
        return listed

    def texts_in(self, since: datetime) -> tuple[ListedIn, ...] | Unlisted:
        """Return nothing: nobody texts us here."""
        return ()

    def _perhaps(self, point: str) -> None:
        if point == self._point and self._random.random() < CHANCE:
            os.kill(os.getpid(), signal.SIGKILL)


def send(url: str, provider: str, point: str, seed: int) -> None:
    """Send and settle until killed."""
    settling.LOOK_AGAIN = timedelta(seconds=0.2)
    account = TwilioAccount(
        account_sid="AC" + "0" * 32,
        sender="+447700900001",
        public_url="https://texts.example",
        numbers=("+447700900001",),
        auth_token="secret",
        api_base=provider,
    )
    gateway = Doomed(TwilioGateway(account, deadline_seconds=0.5, list_seconds=1), point, seed)
    transactions = Transactions(url, databases.a_keyring())
    while True:
        for duty in (dispatch_once, settle_doubts):
            duty(transactions, gateway, now=MONDAY_NINE, real_now=real_now, limits=LIMITS)
        time.sleep(0.01)
