"""What a reply can turn out to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ReadingKind(StrEnum):
    """What was made of a reply. Values are promised to other programs; never rename one."""

    NUMBER = "number"
    RANGE = "range"
    YES = "yes"
    NO = "no"
    OUT_OF_RANGE = "out_of_range"
    UNCLEAR = "unclear"
    KEYWORD = "keyword"
    FREE_TEXT = "free_text"


class Keyword(StrEnum):
    """Words that steer. Values are stored; never rename one."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"
    HOLD = "HOLD"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply was taken to be.

    *value* is set for a number and is the low end of a range, *high* its high end.
    """

    kind: ReadingKind
    value: Decimal | None = None
    high: Decimal | None = None
    keyword: Keyword | None = None


UNCLEAR = Reading(ReadingKind.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, each in normal form (see ``core.normalising``)."""

    numbers: Mapping[str, int]
    half: tuple[str, ...]
    """Ways to say "and a half" after a number."""
    zero_pain: frozenset[str]
    """Whole messages that mean no pain at all."""
    filler: frozenset[str]
    """Words that may stand around a number without changing it."""
    yes: frozenset[str]
    no: frozenset[str]
    keywords: Mapping[str, Keyword]
    """Whole messages that steer."""
