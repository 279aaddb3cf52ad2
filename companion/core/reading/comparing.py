"""Tell the part of a text that is about now from one that is about before.

"Was an 8 yesterday, today its 5" is five. Nothing else may be in the part about before: what
somebody else had, or how many hours, leaves the whole text to the patient again.
"""

import re
from collections.abc import Iterator

from companion.core.normalising import WORD
from companion.core.reading.numbers import LONGEST_ANSWER, in_digits
from companion.core.reading.phrasing import compiled, pattern_of_any, without
from companion.core.reading.readings import Vocabulary

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")
_APART = re.compile(r"[,.;!\n]+(?=\s)")
_ODD = re.compile(r"[^\w\s,.;!']")


def about_now(said: str, vocabulary: Vocabulary) -> str | None:
    """Return the number that *said*, in normal form, tells of now; None if it compares none."""
    if len(said) > LONGEST_ANSWER or _ODD.search(said):
        return None
    said = in_digits(said, vocabulary)
    found = {
        now for one, other in _halves(said, vocabulary) for now in _now(one, other, vocabulary)
    }
    return found.pop() if len(found) == 1 else None


def _halves(said: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield *said* in two, at each sign and before each word for now or before."""
    words = pattern_of_any((*vocabulary.now, *vocabulary.earlier))
    for at in compiled(rf"{_APART.pattern}|\s(?=(?:{words})(?!\w))").finditer(said):
        yield said[: at.start()], said[at.end() :]


def _now(one: str, other: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the number of the half that is about now, if the other is about before."""
    for now, before in ((one, other), (other, one)):
        told = _score_beside(vocabulary.now, now, vocabulary.earlier, vocabulary)
        past = _score_beside(vocabulary.earlier, before, vocabulary.now, vocabulary)
        if told is not None and past is not None:
            yield told


def _score_beside(
    when: tuple[str, ...], said: str, never: tuple[str, ...], vocabulary: Vocabulary
) -> str | None:
    """Return the one number of *said* if it stands beside a word of *when*.

    None where a word of *never* stands there too, or one that may change the number.
    """
    left = without(when, said)
    if left == f" {said} " or without(never, said) != f" {said} ":
        return None
    known = vocabulary.before | vocabulary.after
    numbers = _NUMBER.findall(left)
    return numbers[0] if len(numbers) == 1 and known.issuperset(WORD.findall(left)) else None
