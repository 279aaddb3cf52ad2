"""Our own sender as a process that is there to be killed.

The code is the service's own; only its waits are shorter, so that a thousand kills do not
take a week.
"""

import time
from datetime import timedelta

from companion.clock import real_now
from companion.services import settling
from companion.services.sending import SendingLimits, dispatch_once
from companion.services.settling import settle_doubts
from companion.sms.twilio import TwilioAccount, TwilioGateway
from tests.faults.dying import CALLS, COMMITS, LISTS, DoomedGateway, DoomedTransactions, Fate
from tests.rigs.times import MONDAY_NINE

DEADLINE_SECONDS = 0.5
LIMITS = SendingLimits(
    lease_seconds=1, settle_seconds=2, threads=4, deadline_seconds=DEADLINE_SECONDS
)
POINTS = (*CALLS, *LISTS, *COMMITS)


def gateway_to(account: TwilioAccount, fate: Fate) -> DoomedGateway:
    """Return the real gateway with shorter waits, doomed."""
    # A list is given ten seconds: with two cores for everything, one was not enough for
    # thousands of texts, and the product gives thirty.
    inner = TwilioGateway(account, deadline_seconds=DEADLINE_SECONDS, list_seconds=10)
    return DoomedGateway(inner, fate)


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
    fate = Fate(point, seed, chance=0.3)
    gateway = gateway_to(account, fate)
    transactions = DoomedTransactions(url, fate)
    while True:
        for duty in (dispatch_once, settle_doubts):
            duty(transactions, gateway, now=MONDAY_NINE, real_now=real_now, limits=LIMITS)
        time.sleep(0.01)
