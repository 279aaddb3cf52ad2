"""Which listed text is whose: settling doubts by what the provider says it took.

One listed text settles one attempt. Where two could own it, nobody can say whose it is,
so the others are held for a person. What is not listed surely did not go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

CLOCKS_DIFFER = timedelta(seconds=60)
"""At most this much lies between our clock and the provider's."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An attempt of which nobody knows whether the provider took it. Real time."""

    attempt_id: UUID
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Unowned:
    """A text to the same phone that the provider lists and that no attempt owns."""

    provider_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the list says. Who is in neither of the two did not go.

    *found* gives the provider's name by attempt; *contested* are the attempts that could
    own a text which was given to another.
    """

    found: dict[UUID, str]
    contested: frozenset[UUID]


def settle(doubts: Sequence[Doubt], listed: Sequence[Unowned], *, longest: timedelta) -> Settlement:
    """Give each listed text to at most one doubt, older ones first.

    *longest* is how long after its claim the provider may still take a text.
    """
    found: dict[UUID, str] = {}
    rivals: set[UUID] = set()
    in_order = sorted(doubts, key=lambda doubt: (doubt.claimed_at, doubt.attempt_id))
    for text in sorted(listed, key=lambda text: (text.created_at, text.provider_id)):
        owners = [d.attempt_id for d in in_order if _could_own(d, text, longest)]
        free = [owner for owner in owners if owner not in found]
        if free:
            found[free[0]] = text.provider_id
            rivals.update(free[1:])
    return Settlement(found, frozenset(rivals - found.keys()))


def _could_own(doubt: Doubt, text: Unowned, longest: timedelta) -> bool:
    after = text.created_at - doubt.claimed_at
    return -CLOCKS_DIFFER <= after <= longest + CLOCKS_DIFFER
