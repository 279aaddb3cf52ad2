"""Tell a certain yes and a certain no, where every word belongs to it.

"No, I did" and "no good" hold a no and are none.
"""

import re

from companion.core.normalising import WORD
from companion.core.reading.phrasing import without
from companion.core.reading.readings import Vocabulary

_THOUGHT = re.compile(r"[^,.;:!\n]+")


def agrees(said: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *said*, in normal form, says yes and nothing else."""
    left = set(WORD.findall(_without_remarks(said, vocabulary))) - vocabulary.agreeing
    left -= vocabulary.pleasantries | vocabulary.polite
    return bool(left) and left <= _words(vocabulary.yes)


def denies(said: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *said*, in normal form, says no and nothing that takes it back."""
    thoughts = _THOUGHT.findall(_without_remarks(said, vocabulary))
    found = [WORD.findall(thought) for thought in thoughts]
    no = _words(vocabulary.no)
    return all(_leaves_a_no(words, vocabulary) for words in found) and any(
        not no.isdisjoint(words) for words in found
    )


def _leaves_a_no(words: list[str], vocabulary: Vocabulary) -> bool:
    no = _words(vocabulary.no)
    known = no | vocabulary.agreeing | vocabulary.polite
    if no.isdisjoint(words):
        known |= vocabulary.pleasantries.difference(
            vocabulary.well
        )  # "no good" and "no, good" are no no
    return known.issuperset(words) and not _affirms(words, vocabulary)


def _affirms(words: list[str], vocabulary: Vocabulary) -> bool:
    """Tell whether *words* say that something was done, and none before turns it round."""
    for word in words:
        if word in vocabulary.negating:
            return False
        if word in vocabulary.affirming:
            return True
    return False


def _words(answers: frozenset[str]) -> frozenset[str]:
    """Return *answers* without single letters: "y" may be why, and "n" may be and."""
    return frozenset(said for said in answers if len(said) > 1)


def _without_remarks(said: str, vocabulary: Vocabulary) -> str:
    """Leave out "no problem", which holds a no and says none."""
    return without(tuple(r for r in vocabulary.remarks if r.split()[0] in vocabulary.no), said)
