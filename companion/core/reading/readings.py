"""What a reply can turn out to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from companion.core.normalising import WORD


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
    SLOWER = "SLOWER"
    READY = "READY"
    SAME = "SAME"
    PLAN = "PLAN"
    OFTEN = "OFTEN"
    SELDOM = "SELDOM"
    WRONG = "WRONG"
    LANGUAGE = "LANGUAGE"


class Care(StrEnum):
    """What a value needs before it counts."""

    NONE = "none"
    CONFIRM = "confirm"
    """It was added up: it is read back to the patient."""
    PERSON = "person"
    """It is far above what was agreed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply was taken to be.

    *value* is set for a number and is the low end of a range, *high* its high end.
    """

    kind: ReadingKind
    value: Decimal | None = None
    high: Decimal | None = None
    keyword: Keyword | None = None
    care: Care = Care.NONE


UNCLEAR = Reading(ReadingKind.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, each in normal form and folded (see ``core.normalising``)."""

    folds: Mapping[int, str]
    """Letters that are written in several ways, each with the one that stands for all."""
    decimal_comma: bool
    """Whether 6,5 is six and a half."""
    pairs: bool
    """Whether two numbers side by side are a range, as in "six seven"."""
    numbers: Mapping[str, Decimal]
    fractions: Mapping[str, Decimal]
    """Parts of one, which count tablets and score nothing: "half"."""
    half: tuple[str, ...]
    """Ways to say "and a half" after a number."""
    half_before: tuple[str, ...]
    """Ways to say it before the number."""
    point: frozenset[str]
    """Words for the decimal point."""
    out_of: tuple[str, ...]
    """Ways to say "out of" between a score and its highest."""
    scale_first: tuple[str, ...]
    """Ways to say "out of" where the scale comes first: "10 of which 8"."""
    scale_of: tuple[str, ...]
    """Ways to repeat the scale itself: "on a scale of"."""
    through: frozenset[str]
    """Words between the ends of a range that say which is lower: "6 to 7"."""
    either: frozenset[str]
    """Words between the ends of a range in any order: "7 or 6"."""
    between: frozenset[str]
    together: frozenset[str]
    """The word in the middle of "between 6 and 7"."""
    before: frozenset[str]
    """Words that may stand before a number without changing it."""
    after: frozenset[str]
    """Words that may stand after a number without changing it."""
    asides: tuple[str, ...]
    """Phrases that may stand anywhere without changing a number."""
    hours: tuple[str, ...]
    """Parts of the day. "about 7 tonight" may be a time, "a 7 tonight" is none."""
    roughly: frozenset[str]
    hedges: frozenset[str]
    """Words that suit a score and not a choice: "about 2" is no "2 less"."""
    doubts: frozenset[str]
    """Words that may take a number back, even in a sentence after it."""
    pleasantries: frozenset[str]
    """Words that need no answer by a person."""
    polite: frozenset[str]
    """Words that may stand around a keyword: "hold please"."""
    topics: Mapping[str, frozenset[str]]
    """What a question is about: "pain 7" answers the question on pain and no other."""
    answers: Mapping[str, Mapping[str, Decimal]]
    """Whole messages that answer a question, by its name."""
    beside: Mapping[str, Mapping[str, Decimal]]
    """Words of a question that may stand beside their own number: "3 more"."""
    yes: frozenset[str]
    no: frozenset[str]
    agreeing: frozenset[str]
    """Words that may stand beside a yes or a no and leave it: "yes I did"."""
    units: frozenset[str]
    """What is counted: tablets, whatever they are called. Never mg."""
    totals: frozenset[str]
    """Words for a sum that somebody has made already."""
    plus: frozenset[str]
    """Words that add one count to another."""
    parts_of_day: tuple[str, ...]
    """When a part of a count was taken: "am", "at night"."""
    attempts: frozenset[str]
    """Words by which somebody tries to answer without a number: "better", "the same"."""
    keywords: Mapping[str, Keyword]
    """Whole messages that steer."""
    counted: frozenset[str] = frozenset()
    """What is counted, or when: doubtful right behind a score."""
    openings: tuple[str, ...] = ()
    """How somebody may begin before the score: "worse today 9"."""
    remarks: tuple[str, ...] = ()
    """What may stand before a score and behind it: "not great"."""
    describing: frozenset[str] = frozenset()
    """Words that may stand behind a score, if nothing but another thought follows: "7 sore"."""
    resuming: frozenset[str] = frozenset()
    """Words that begin another thought right behind a score: "7 couldn't sleep"."""
    reasons: frozenset[str] = frozenset()
    """Words that begin a reason behind a choice: "3 because it hurt"."""
    giving: tuple[str, ...] = ()
    """Words that give the score behind them: "i'd say", "it's a".

    "<topic>" stands for what the question is about."""
    taking: frozenset[str] = frozenset()
    """Words for having taken something: what they stand beside may be a count."""
    well: tuple[str, ...] = ()
    """Ways to say that somebody is well, and not so: at the other end of a scale they contradict."""
    unwell: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()
    """Others whose score it may be: "my wife is in bits so it's a 9"."""
    unsaying: frozenset[str] = frozenset()
    """Words before such words that may mean that it is not so: "don't think it's a 3"."""
    conditions: frozenset[str] = frozenset()
    """Words that begin what is no remark on a score: "3, at rest", "walking, 8"."""
    concluding: frozenset[str] = frozenset()
    """Words that make it the score whatever was said before: "been on the stairs so it's an 8"."""
    telling_time: frozenset[str] = frozenset()
    """Words that make a time of the number behind them: "its 4 and the birds are out"."""
    also_words: frozenset[str] = frozenset()
    """Figures that people write for a word: "2 sore" is too sore."""
    labels: tuple[str, ...] = ()
    """What may name an answer right before its number: "option 1", "#1"."""
    clock: frozenset[str] = frozenset()
    """Words that make an hour of a number: "2 at 8am"."""
    asking: frozenset[str] = frozenset()
    """Words that begin a question."""
    now: tuple[str, ...] = ()
    """Words for now where a score is compared with one of before: "today", "this week"."""
    earlier: tuple[str, ...] = ()
    """Words for before: "was", "last week". Nothing but a score may stand beside them."""
    o_clock: tuple[str, ...] = ()
    """When some of a count were taken, "#" for the hour: "at #"."""
    no_counts: tuple[str, ...] = ()
    """What holds a number beside a count and is none, "#" for it: "x # mg"."""
    misleading: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By question, or "any" for all: phrases beside which nothing is certain (see ``traps``)."""
    affirming: frozenset[str] = frozenset()
    """Words that say that something was done: "no, I did" is no no."""
    negating: frozenset[str] = frozenset()
    """Words that turn them round: "I haven't taken"."""
    other_days: frozenset[str] = frozenset()
    """Words for a day that is not the one asked about: nothing is added to it."""

    _own: Mapping[str, Mapping[str, Decimal]] = field(init=False, repr=False, compare=False)
    harmless: frozenset[str] = field(init=False, repr=False, compare=False)
    """Words of a thought beside an answer that leave it."""
    beside_numbers: frozenset[str] = field(init=False, repr=False, compare=False)
    """Phrases that say no more than the number they stand beside."""

    def __post_init__(self) -> None:
        """Gather once what every reply is held against."""
        named = {*self.answers, *self.beside}
        own = {name: {**self.answers.get(name, {}), **self.beside.get(name, {})} for name in named}
        object.__setattr__(self, "_own", own)
        harmless = self.before | self.after | self.describing | self.pleasantries
        object.__setattr__(self, "harmless", harmless)
        phrases = (
            *self.half, *self.half_before, *self.point, *self.asides, *self.hours, *self.out_of,
            *self.scale_first, *self.scale_of, *self.through, *self.either, *self.between,
            *self.together, *self.parts_of_day, *self.plus, *self.units, *self.before, *self.after,
            *self.giving, *(word for about in self.topics.values() for word in about),
        )  # fmt: skip
        of_words = (" ".join(WORD.findall(phrase)) for phrase in phrases)
        object.__setattr__(self, "beside_numbers", frozenset(of_words))

    def said_of(self, question: str) -> Mapping[str, Decimal]:
        """Return the phrases of *question*'s own text, each with the number it belongs to."""
        return self._own.get(question, {})
