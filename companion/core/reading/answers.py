"""Read one reply: a keyword, a number that is certain, or not certain at all.

What is not certain is asked once more and then goes to a person. It weighs nothing: what
an answer means for the patient stands in ``core.triage``.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from companion.core.normalising import WORD, folded, normalise, plain
from companion.core.questions import Question, Scale
from companion.core.reading.comparing import about_now
from companion.core.reading.counts import (
    count_in,
    may_be_an_hour,
    parts_of_day_in,
    without_what_is_no_count,
)
from companion.core.reading.deciding import agrees, denies
from companion.core.reading.in_words import whole_answer, yes_or_no_by_use
from companion.core.reading.numbers import number_in
from companion.core.reading.opposites import contradicts
from companion.core.reading.phrasing import bare_of, pieces, remarks_in, without_politeness
from companion.core.reading.readings import (
    UNCLEAR,
    Care,
    Keyword,
    Reading,
    ReadingKind,
    Vocabulary,
)
from companion.core.reading.traps import misleads

_TEN = re.compile(r"(?<!\w)(?:1[Oo]|[lI]0|[lI]O)(?!\w)")
"""Letters that look like the digits of 10. Not "lo": it may be meant for "low"."""
_HOW_OFTEN = {Question.INTEREST, Question.MOOD}
"""Questions that "often" tries to answer."""
_LONE = {"o": "0", "l": "1"}
_SHORT_NUMBER = re.compile(r"(?<!\w)\d{1,3}(?!\d)")
_QUERIED = re.compile(r"[?\d]")
"""Signs beside which a yes or a no may answer something else: "ji?", "0 nah"."""
_GLAD = frozenset("👍👌🙏❤💙💚💛💜🧡😀😁😂😃😄😅😆😇😉😊😋😍😎🙂🤗🤣🥰🏻🏼🏽🏾🏿")


def read(
    text: str,
    question: Question | None,
    vocabulary: Vocabulary,
    *,
    most_tablets: Decimal | None = None,
    scale: Scale | None = None,
) -> Reading:
    """Return what *text* means while *question* is open. Total: any text has a reading.

    A count above *most_tablets* is marked for a person. *scale* is given for questions of
    an organisation's own.
    """
    bare = bare_of(text, vocabulary)
    said = without_politeness(bare, vocabulary)
    whole = None if question is None else whole_answer(text, question, vocabulary)
    keyword = _keyword(bare, vocabulary)
    # "Same" may say that the pain is as it was: while a question is open it steers nothing.
    how_often = question in _HOW_OFTEN and keyword in {Keyword.OFTEN, Keyword.SELDOM}
    tries = question is not None and said in vocabulary.attempts
    answers = how_often or tries or whole is not None
    if keyword is not None and not answers:
        return Reading(ReadingKind.KEYWORD, keyword=keyword)
    if question is None:
        return Reading(ReadingKind.FREE_TEXT)
    if whole is None:
        reading = _answer(text, question, scale or question.scale, vocabulary)
    else:
        reading = Reading(ReadingKind.NUMBER, whole)
    if most_tablets is not None and question is Question.TABLETS and _most(reading) > most_tablets:
        return replace(reading, care=Care.PERSON)
    return reading


def _answer(text: str, question: Question, scale: Scale, vocabulary: Vocabulary) -> Reading:
    reading = read_on_scale(text, scale, vocabulary, question)
    if reading.kind in {ReadingKind.YES, ReadingKind.NO}:
        return UNCLEAR  # yes and no are no numbers: asked once more
    if reading.kind is ReadingKind.UNCLEAR and not _tries(text, vocabulary):
        return Reading(ReadingKind.FREE_TEXT)
    return reading


def _keyword(bare: str, vocabulary: Vocabulary) -> Keyword | None:
    """Return the keyword that a whole message is, politeness around it left out."""
    said = without_politeness(bare, vocabulary)
    return vocabulary.keywords.get(bare) or vocabulary.keywords.get(said)


def _most(reading: Reading) -> Decimal:
    return reading.high or reading.value or Decimal(0)


def read_yes_no(text: str, vocabulary: Vocabulary) -> Reading:
    """Return whether *text* says yes or no, a keyword, free text, or unclear."""
    bare = bare_of(text, vocabulary)
    keyword = _keyword(bare, vocabulary)
    if keyword is not None and bare not in vocabulary.answers.get(Question.USE, {}):
        return Reading(ReadingKind.KEYWORD, keyword=keyword)
    if not _QUERIED.search(normalise(text)) and not misleads(bare, "agreed", vocabulary):
        if bare in vocabulary.yes or agrees(bare, vocabulary):
            return Reading(ReadingKind.YES)
        if bare in vocabulary.no or denies(bare, vocabulary):
            return Reading(ReadingKind.NO)
        if kind := yes_or_no_by_use(bare, vocabulary):
            return Reading(kind)
    return Reading(ReadingKind.UNCLEAR if _tries(text, vocabulary) else ReadingKind.FREE_TEXT)


def read_on_scale(text: str, scale: Scale, vocabulary: Vocabulary, question: str = "") -> Reading:
    """Return the number, range, yes or no that *text* is on *scale*, or unclear."""
    bare = bare_of(text, vocabulary)
    if bare in vocabulary.yes:
        return Reading(ReadingKind.YES)
    if bare in vocabulary.no:
        return Reading(ReadingKind.NO)
    said = _LONE.get(bare) or folded(normalise(_TEN.sub("10", plain(text))), vocabulary.folds)
    if scale.counts:
        said = without_what_is_no_count(said, vocabulary)
    if _nothing_is_certain(said, scale, question, vocabulary):
        return UNCLEAR
    if scale.counts:
        counted = count_in(said, scale, vocabulary)
        if counted.kind is not ReadingKind.UNCLEAR or parts_of_day_in(said, vocabulary) > 1:
            return counted
    now = about_now(said, vocabulary) if scale.is_score else None
    reading = number_in(now or said, scale, vocabulary, question)
    if contradicts(said, reading.value, scale, question, vocabulary):
        return UNCLEAR
    return reading


def _nothing_is_certain(said: str, scale: Scale, question: str, vocabulary: Vocabulary) -> bool:
    """Tell whether no number in *said* is certain: "is 10 the worst?", "half of them"."""
    return (
        (scale.counts and may_be_an_hour(said, vocabulary))
        or _asks(said, vocabulary)
        or misleads(said, question, vocabulary)
        or _names_another(said, question, vocabulary)
    )


def _names_another(said: str, question: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *said* names what another question is about."""
    others = frozenset[str]().union(*vocabulary.topics.values())
    others -= vocabulary.topics.get(question, frozenset())
    return question in set(Question) and not others.isdisjoint(WORD.findall(said))


FEWESTWORDS_OF_A_THOUGHT = 3


def _tries(text: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *text*, which gives no value, may have been meant as an answer."""
    said = folded(normalise(text), vocabulary.folds)
    words = WORD.findall(said)
    if len(words) < FEWESTWORDS_OF_A_THOUGHT:
        return True
    if "?" in said or words[0] in vocabulary.asking:
        return False
    answering = vocabulary.attempts | vocabulary.numbers.keys() | vocabulary.yes | vocabulary.no
    return _SHORT_NUMBER.search(said) is not None or not answering.isdisjoint(words)


def _asks(said: str, vocabulary: Vocabulary) -> bool:
    return "?" in said and not vocabulary.asking.isdisjoint(said.split()[:1])


def has_words(text: str, vocabulary: Vocabulary, question: Question | None = None) -> bool:
    """Tell whether *text* says more than an answer to *question*, a keyword and politeness do.

    Such a text is shown to a person, whatever else was understood of it: "took more" answers
    one question, and to another it is news.
    """
    said, bare = folded(normalise(text), vocabulary.folds), bare_of(text, vocabulary)
    own = vocabulary.said_of(question or "")
    if _keyword(bare, vocabulary) is not None or _is_an_answer(bare, own, vocabulary):
        return False
    if any(
        not vocabulary.pleasantries.issuperset(how.split()) for how in remarks_in(vocabulary, said)
    ):
        return True  # "not" and "good" may be known, "not good" is for a person
    words = WORD.findall(said)
    known = vocabulary.pleasantries | vocabulary.yes | vocabulary.no | vocabulary.numbers.keys()
    if any(letter.isdigit() for letter in said) or vocabulary.numbers.keys() & set(words):
        # Whole phrases: "i can't" and "in my legs" may be known, "can't feel my legs" is not.
        words = list(pieces(words, vocabulary.beside_numbers, own))
        known |= vocabulary.beside_numbers | own.keys()
        return not known.issuperset(words)
    if not words:
        return any(unicodedata.category(sign) == "So" and sign not in _GLAD for sign in said)
    return not known.issuperset(words)


def _is_an_answer(bare: str, own: Collection[str], vocabulary: Vocabulary) -> bool:
    forms = (bare, without_politeness(bare, vocabulary))
    return any(form in of for form in forms for of in (vocabulary.yes, vocabulary.no, own))
