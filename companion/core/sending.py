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

    @property
    def answers_a_text(self) -> bool:
        """Whether it may leave at any hour, whatever the plan says now."""
        return self in {MessageKind.CRISIS, MessageKind.REPLY}


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


def may_become(old: MessageState, new: MessageState) -> bool:
    """Tell whether a text in state *old* may go to *new*."""
    return new is old or new in MAY_BECOME[old]


def priority_of(kind: MessageKind) -> Priority:
    """Return which queue a text of *kind* waits in."""
    match kind:
        case MessageKind.CRISIS:
            return Priority.CRISIS
        case MessageKind.REPLY:
            return Priority.REPLY
        case _:
            return Priority.UNASKED
