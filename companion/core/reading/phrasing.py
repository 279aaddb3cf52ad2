"""Find phrases of a language in a text, and leave out what changes no number in it."""

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache

from companion.core.normalising import folded, normalise
from companion.core.reading.readings import Vocabulary

EDGES = " \n\t,.!?;:()\"'*~"
"""Signs that change nothing at the ends of a text or a word."""
LONGEST_PHRASE = 10
"""Words of the longest phrase that is looked for."""
# Not 😒, 🙃 and 🙄: what stands beside them may be meant the other way round.
_FACES = re.compile(
    " *[\U0001f600-\U0001f611\U0001f613-\U0001f642\U0001f645-\U0001f64f\U0001f910-\U0001f92f"
    "\U0001f970-\U0001f97a👍👎👌❤💔🤞💪🙏🎉🏻🏼🏽🏾🏿♀♂☹☺]+ *"
)


@cache
def pattern_of_any(words: frozenset[str] | tuple[str, ...]) -> str:
    """Return a pattern for any of *words*, the longest first; for none, one that never fits."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or "(?!)"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return *pattern*, made once: a language's are long, and ``re`` forgets when it has many."""
    return re.compile(pattern)


def without_faces(said: str, vocabulary: Vocabulary) -> str:
    """Leave out faces; one between two words parts them as a comma does: "7 😭 bad night"."""
    if said.isascii():
        return said
    return _FACES.sub(" ", _parting_faces(vocabulary.out_of).sub(" , ", said))


@cache
def _parting_faces(out_of: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<=\w)(?:{_FACES.pattern})(?=[^\W\d_])(?!(?:{pattern_of_any(out_of)})(?!\w))"
    )


def pieces(words: Sequence[str], *phrases: Container[str]) -> Iterator[str]:
    """Yield *words* from left to right, each time the longest phrase of *phrases*, or one word."""
    at = 0
    while at < len(words):
        ends = range(min(at + LONGEST_PHRASE, len(words)), at, -1)
        held = (" ".join(words[at:end]) for end in ends)
        piece = next((one for one in held if any(one in some for some in phrases)), words[at])
        yield piece
        at += piece.count(" ") + 1


def remarks_in(vocabulary: Vocabulary, said: str) -> list[str]:
    """Return what *said* tells of how somebody is."""
    return _whole((*vocabulary.openings, *vocabulary.remarks)).findall(said)


def without_asides(said: str, vocabulary: Vocabulary, *, but: Container[str] = ()) -> str:
    """Return *said* without faces and without what may stand anywhere, such as "i'd say".

    What is in *but* stays.
    """
    asides = tuple(aside for aside in vocabulary.asides if aside not in but)
    return " ".join(without(asides, _FACES.sub(" ", said)).replace(",", " ").split())


def without(phrases: tuple[str, ...], said: str) -> str:
    """Return *said*, one space around it, with a comma for each of *phrases*: another thought."""
    return _whole(phrases).sub(",", f" {said} ")


@cache
def _whole(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{pattern_of_any(phrases)})(?![\w'])")


def bare_of(text: str, vocabulary: Vocabulary) -> str:
    """Return *text* in normal form, folded, on one line and without signs at its ends."""
    return folded(" ".join(normalise(text).split()).strip(EDGES), vocabulary.folds)


def without_politeness(bare: str, vocabulary: Vocabulary) -> str:
    """Return the words of *bare* that are not there for politeness, without signs around them."""
    words = [word.strip(EDGES) for word in bare.split()]
    return " ".join(word for word in words if word and word not in vocabulary.polite)
