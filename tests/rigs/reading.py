"""Words of three languages to read replies with, and short ways to say what was read."""

from dataclasses import fields, replace
from decimal import Decimal

from companion.core.questions import Question
from companion.core.reading.answers import read
from companion.core.reading.readings import Care, Reading, ReadingKind, Vocabulary
from companion.vocabulary import load_vocabulary
from tests.rigs.labelled import WORDS

ENGLISH = load_vocabulary(WORDS, "en-GB")
NO_WORDS = Vocabulary(
    **{
        field.name: type(getattr(ENGLISH, field.name))()
        for field in fields(Vocabulary)
        if field.init
    }
)
POLISH = load_vocabulary(WORDS, "pl")
URDU = load_vocabulary(WORDS, "ur")
PAIRS = replace(ENGLISH, pairs=True, scale_first=("of which",))
UNMARKED = replace(ENGLISH, folds={ord("é"): "e"})
UNCLEAR = Reading(ReadingKind.UNCLEAR)
OUT_OF_RANGE = Reading(ReadingKind.OUT_OF_RANGE)


def number(value: str, care: Care = Care.NONE) -> Reading:
    return Reading(ReadingKind.NUMBER, Decimal(value), care=care)


def a_range(low: str, high: str) -> Reading:
    return Reading(ReadingKind.RANGE, Decimal(low), Decimal(high))


def tablets(said: str) -> Reading:
    return read(said, Question.TABLETS, ENGLISH)


def pain(said: str) -> Reading:
    return read(said, Question.PAIN, ENGLISH)
