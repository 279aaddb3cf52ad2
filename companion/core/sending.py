"""The life of one text, from queued to delivered or a reason why not: states and arrows.

This table is the only one. The database's guard is made from it, and so is the model
in the tests. What is uncertain is never sent again blindly.
"""

from enum import IntEnum, StrEnum


class MessageState(StrEnum):
    """Where a text stands. Values are stored; never rename one."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    """What a text is for. Values are stored; never rename one."""

    CRISIS = "crisis"
    """Crisis numbers after danger words or HELP: sent at least once, at any hour."""
    REPLY = "reply"
    """Answers a text just received: leaves at any hour."""
    HANDSHAKE = "handshake"
    CHECK_IN = "check_in"
    REMINDER = "reminder"
    TEAM = "team"
    """What one of the team sends by hand: a code for agreeing, a signpost."""
    STAFF = "staff"
    """Tells one of the staff of an alert: sent at least once, at any hour."""

    @property
    def leaves_at_any_hour(self) -> bool:
        """Whether it does not wait for the patient's hours, whatever the plan says now."""
        return self in {MessageKind.CRISIS, MessageKind.REPLY, MessageKind.STAFF}

    @property
    def goes_at_least_once(self) -> bool:
        """Whether it is sent again at once while nobody knows if it went; others never are."""
        return self in {MessageKind.CRISIS, MessageKind.STAFF}


class Priority(IntEnum):
    """Lower goes first."""

    CRISIS = 0
    REPLY = 1
    UNASKED = 2


class AttemptOutcome(StrEnum):
    """What came of one try. Values are stored; never rename one."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    TRY_LATER = "try_later"
    UNCERTAIN = "uncertain"
    ABANDONED = "abandoned"
    """The claim was older than its lease before a byte left."""


S = MessageState
MAY_BECOME: dict[MessageState, frozenset[MessageState]] = {
    S.QUEUED: frozenset({S.SENDING, S.MISSED, S.CANCELLED}),
    S.SENDING: frozenset({S.QUEUED, S.ACCEPTED, S.FAILED, S.UNCERTAIN, S.DELIVERED, S.UNDELIVERED}),
    S.UNCERTAIN: frozenset({S.QUEUED, S.ACCEPTED, S.DELIVERED, S.UNDELIVERED, S.FAILED, S.HELD}),
    S.ACCEPTED: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED}),
    S.HELD: frozenset({S.ACCEPTED, S.DELIVERED, S.UNDELIVERED, S.FAILED, S.CANCELLED}),
    S.DELIVERED: frozenset(),
    S.UNDELIVERED: frozenset(),
    S.FAILED: frozenset(),
    S.MISSED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""Which state may follow which. A state may always stay as it is."""


NOT_GONE_YET = frozenset({S.QUEUED, S.SENDING})
NEVER_CAME = frozenset({S.UNDELIVERED, S.FAILED, S.MISSED, S.CANCELLED})
"""States of a text that nobody can have answered."""


def may_become(old: MessageState, new: MessageState) -> bool:
    """Tell whether a text in state *old* may go to *new*."""
    return new is old or new in MAY_BECOME[old]


def priority_of(kind: MessageKind) -> Priority:
    """Return which queue a text of *kind* waits in."""
    match kind:
        case MessageKind.CRISIS:
            return Priority.CRISIS
        case MessageKind.REPLY | MessageKind.STAFF:
            return Priority.REPLY
        case _:
            return Priority.UNASKED


DELIVERY_RANKS: dict[str, int] = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "read": 6,
}
"""The provider's words for how far a text has come. Only a higher rank changes anything."""


def delivery_rank(word: str | None) -> int:
    """Return how far *word* says a text has come; 0 for none, or one that is not known."""
    return DELIVERY_RANKS.get(word or "", 0)


def state_for(word: str) -> MessageState:
    """Return the state that a known delivery *word* speaks of."""
    match word:
        case "delivered" | "read":
            return MessageState.DELIVERED
        case "undelivered":
            return MessageState.UNDELIVERED
        case "failed" | "canceled":
            return MessageState.FAILED
        case _:
            return MessageState.ACCEPTED


_WORDS_FOR_CODE = {
    "21211": "the number is not a phone number.",
    "21214": "the number cannot be reached.",
    "21610": "the patient has opted out with the mobile network.",
    "21612": "the provider cannot send to this number.",
    "21614": "the number is not a mobile phone.",
    "21635": "the number is a landline.",
    "30001": "the provider's queue was full.",
    "30003": "the phone is off or out of reach.",
    "30004": "the network blocks texts to this number.",
    "30005": "the network does not know the number.",
    "30006": "the number is a landline, or its network takes no texts.",
    "30007": "the network filtered it out.",
    "30008": "the network did not say why.",
    "30036": "the phone could not be reached in time.",
}


def words_for(code: str | None) -> str:
    """Return why a text did not arrive, for staff, from the provider's *code*."""
    if not code:
        return "the provider did not say why."
    return _WORDS_FOR_CODE.get(code, "the provider refused it.") + f" (code {code})"
