"""Our own escalation as a process that is there to be killed, at moments that the rig gives."""

import json
import random
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from companion.mail import Letter, Mailed
from companion.services.escalating import Routes, escalate_once
from tests.faults.dying import COMMITS, LETTERS, DoomedMailer, DoomedTransactions, Fate

ROUTES = Routes(public_url="https://taper.example.org", duty_address="duty@example.org")
POINTS = (*COMMITS, *LETTERS)


class LedgerMailer:
    """A mail server that writes each letter through to a file before it says so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now: datetime | None = None

    def send(self, letter: Letter) -> Mailed:
        """Take *letter*."""
        assert self.now is not None  # the rig names each moment
        row = {"reference": letter.reference, "at": self.now.isoformat()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        return Mailed()


def tell(url: str, orders: Connection, letters: Path, seed: int) -> None:
    """Tell people at each moment that comes through *orders*, until killed.

    With each moment comes whether to die at the next point that is passed.
    """
    chance = random.Random(seed)
    fate = Fate("", seed, chance=1)
    mailer = LedgerMailer(letters)
    transactions = DoomedTransactions(url, fate)
    while True:
        moment, dies = orders.recv()
        fate.point = (fate.point or chance.choice(POINTS)) if dies else ""
        mailer.now = moment
        escalate_once(
            transactions,
            DoomedMailer(mailer, fate),
            ROUTES,
            now=moment,
            real_now=lambda: mailer.now,  # type: ignore[arg-type,return-value]  # set above
        )
        orders.send(moment)
