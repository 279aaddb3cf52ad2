"""Know a text, or one thought of it, that is an answer in words: "as agreed", "took a bit less"."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import dropwhile, pairwise

from companion.core.normalising import normalise
from companion.core.questions import USE_AS_AGREED, Question
from companion.core.reading.phrasing import EDGES, bare_of, without_asides, without_politeness
from companion.core.reading.readings import ReadingKind, Vocabulary
from companion.core.reading.traps import misleads

_BREAK = re.compile(r"[,.;:!\n]+|\s-+\s")
_YES_OR_NO = (ReadingKind.NO, ReadingKind.YES)


def whole_answer(text: str, question: Question, vocabulary: Vocabulary) -> Decimal | None:
    """Return the number that all of *text* stands for: "as agreed", and not "more?"."""
    if "?" in normalise(text):
        return None
    bare, answers = bare_of(text, vocabulary), vocabulary.answers.get(question, {})
    if bare in answers or misleads(bare, question, vocabulary):  # "more please" asks for more
        return answers.get(bare)
    if not question.scale.ranges:
        return _one_thought_of(bare, answers, vocabulary)
    less = without_asides(bare, vocabulary).strip(EDGES)
    forms = (without_politeness(bare, vocabulary), less)
    return next((answers[form] for form in forms if form in answers), None)


def _one_thought_of(
    bare: str, answers: Mapping[str, Decimal], vocabulary: Vocabulary
) -> Decimal | None:
    """Return the number that one thought of *bare* stands for, if the others leave it.

    "Less than agreed, feeling proud" is less; "as agreed, then two more" is for a person.
    """
    found, others = set(), []
    for thought in map(str.strip, _BREAK.split(bare)):
        if _is_of_another(thought.split(), vocabulary):
            return None
        aside = without_asides(thought, vocabulary, but=answers)
        forms = (thought, _bared(thought, vocabulary), _bared(aside, vocabulary))
        said = next((form for form in forms if form in answers), None)
        if said is None:
            others += forms[-1].split()
        else:
            found.add(answers[said])
    doubts = vocabulary.doubts.union(vocabulary.hedges, *vocabulary.topics.values())
    leaving = (vocabulary.harmless - doubts).issuperset(other.strip(EDGES) for other in others)
    return found.pop() if leaving and len(found) == 1 else None


def _is_of_another(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Tell whether somebody else may have taken it: "mate took more"."""
    return any(
        one in vocabulary.polite and two in vocabulary.taking for one, two in pairwise(words)
    )


def _bared(said: str, vocabulary: Vocabulary) -> str:
    """Return *said* without words around it that leave a choice as it is: "I", "today"."""
    words = without_politeness(said, vocabulary).split()
    leading = vocabulary.before - vocabulary.hedges - vocabulary.asking
    inner = list(dropwhile(leading.__contains__, words))
    ending = (vocabulary.after - vocabulary.hedges).__contains__
    return " ".join(list(dropwhile(ending, inner[::-1]))[::-1])


def yes_or_no_by_use(bare: str, vocabulary: Vocabulary) -> ReadingKind | None:
    """Return what an answer on use says of taking it as agreed: "no, took more" is no."""
    first, _, rest = bare.partition(" ")
    said = first.strip(EDGES)
    if said not in vocabulary.yes | vocabulary.no:
        use = whole_answer(bare, Question.USE, vocabulary)
        return None if use is None else _YES_OR_NO[use == USE_AS_AGREED]
    if said == first and said in vocabulary.no:
        return None  # "no more than agreed"
    use = whole_answer(rest, Question.USE, vocabulary)
    if use is None or (said in vocabulary.yes) is not (use == USE_AS_AGREED):
        return None
    return _YES_OR_NO[use == USE_AS_AGREED]
