"""Who a patient is and how they may safely be reached."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from companion.core.protocols import WEEK_DAYS, Often


class PatientStatus(StrEnum):
    """Where a patient stands with the service. Values are stored; never rename one."""

    AWAITING_HANDSHAKE = "awaiting_handshake"
    """Registered; nobody has yet confirmed that the phone is theirs."""
    ACTIVE = "active"
    """The phone is confirmed; check-ins may be sent."""
    PAUSED = "paused"
    """Texts are off: wrong person, opted out, or staff stopped them."""
    FINISHED = "finished"
    """The taper is over and so are the texts."""


class StopReason(StrEnum):
    """Why staff stop all texts to a patient."""

    DIED = "died"
    ADMITTED = "admitted"
    MOVED = "moved"
    ASKED = "asked"
    OTHER = "other"


class Pathway(StrEnum):
    """Why somebody is followed."""

    TAPER = "taper"
    DISCHARGE = "discharge"


@dataclass(frozen=True, slots=True)
class Identity:
    """What names a patient. Sealed at rest; opened only to be shown or to send.

    *phone* is E.164 such as ``+447700900123``; *nhs_number* is ten digits.
    """

    first_name: str
    last_name: str
    born_on: date
    nhs_number: str
    address: str
    phone: str
    emergency_contact: str


@dataclass(frozen=True, slots=True)
class ContactWishes:
    """How and when a patient may be reached, in their own local time.

    *safe_from* and *safe_until* bound the hours in which a text may arrive unasked;
    *check_in_at* is the hour they chose and lies between the two.
    """

    safe_from: time
    safe_until: time
    check_in_at: time
    language: str
    detailed: bool
    interpreter: bool
    ways: str
    communication_needs: str
    how_often: Often = Often.USUAL
    week_days: frozenset[int] = WEEK_DAYS
    """On which days of the week they may be asked; Monday is 0."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Who asked for consent to texts, how, and on which day."""

    asked_by: str
    how: str
    asked_on: date
