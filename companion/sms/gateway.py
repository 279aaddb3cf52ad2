"""The port every text leaves through: what is handed over, and what may come back.

A provider's fault is a value, never an exception, so that each outcome has to be thought
of. ``Uncertain`` is the honest one: nobody here knows whether the person got the text, and
nothing sends it again on its own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

LONGEST_VALIDITY_SECONDS = 36_000
"""Providers keep a text for ten hours at most."""
SHORTEST_VALIDITY_SECONDS = 60
"""With less than this left a text is not worth handing over."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text for one phone. Its repr shows neither number nor words, so that no log does.

    *to* is E.164; *callback_token* names the attempt in delivery reports;
    *valid_for_seconds* is how long the provider may keep trying (60 to 36,000).
    """

    to: str = field(repr=False)
    body: str = field(repr=False)
    callback_token: str = field(repr=False)
    valid_for_seconds: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the text and named it."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never send this text. *code* is its own code for why."""

    code: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """The provider surely did not take the text; another try may start after a while.

    *for_operator* is set when waiting alone will not help, such as a password refused.
    """

    after_seconds: int
    why: str = ""
    for_operator: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether the provider took the text.

    *why* holds no patient data. *wrong_number* is set when the provider did take a text,
    but says that it is for another phone than ours.
    """

    why: str
    wrong_number: bool = False


SendResult = Accepted | Refused | TryLater | Uncertain


@dataclass(frozen=True, slots=True)
class ListedIn:
    """A text to us as the provider's list shows it. *from_* is as the network gave it."""

    provider_id: str
    from_: str = field(repr=False)
    body: str = field(repr=False)
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ListedOut:
    """A text from us as the provider's list shows it; *created_at* is the provider's time."""

    provider_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SentOut:
    """A text from us to any phone, with its words, as the provider's list shows it."""

    provider_id: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Unlisted:
    """The list could not be read to its end: never to be taken for "there is none"."""

    why: str


class SmsGateway(Protocol):
    """Whatever can hand a text to a phone network."""

    def send(self, text: Outgoing) -> SendResult:
        """Hand over *text* once and say what came of it. Called from several threads."""
        ...

    def texts_in(self, since: datetime) -> tuple[ListedIn, ...] | Unlisted:
        """Return what phones texted to our numbers since then, in any order."""
        ...

    def texts_out(self, to: str, since: datetime) -> tuple[ListedOut, ...] | Unlisted:
        """Return what the provider took for the phone *to* since then, in any order."""
        ...


class OurNumber(Protocol):
    """What is asked of the provider so that one copy of the service sends, and once."""

    def all_texts_out(self, since: datetime) -> tuple[SentOut, ...] | Unlisted:
        """Return what the provider took for any phone since then, in any order. May be slow."""
        ...

    def holder(self) -> str | Unlisted:
        """Return the mark that stands on our number; empty when there is none."""
        ...

    def take_hold(self, mark: str) -> Unlisted | None:
        """Write *mark*, 16 hexadecimal digits, on our number in place of any other."""
        ...


class Provider(SmsGateway, OurNumber, Protocol):
    """All that the service asks of a provider."""
