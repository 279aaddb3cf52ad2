"""Phrases that mean danger or struggle, with negation and the reason found.

Phrases, not words: "kill" alone finds too much and misses more. Each sentence is looked
at by itself, so writing more around a sentence never takes its finding away. A negation
or an idiom lowers a finding to the next working day; it never erases one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from companion.core.normalising import normalise
from companion.core.urgency import Urgency

NEGATION_REACH = 4
"""Words before a phrase among which a negation lowers it."""
GAP = r"(?: [\w']+){0,3}?"
"""What ``*`` in a phrase stands for: up to three words."""


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of danger or struggle, and the phrases that say it."""

    name: str
    urgency: Urgency
    phrases: tuple[str, ...]
    negatable: bool
    """Whether "not" before a phrase lowers it; "not breathing" is one itself."""


@dataclass(frozen=True)
class Lexicon:
    """All that one language knows. Words in it are in normal form.

    *respellings* puts one spelling for several: ``wanna`` is ``want to``. A negation
    does not reach past a word of *clause_starts*.
    """

    categories: tuple[Category, ...]
    negations: frozenset[str]
    clause_starts: frozenset[str]
    idioms: tuple[str, ...]
    respellings: Mapping[str, str]
    _found: dict[str, re.Pattern[str]] = field(init=False, repr=False, compare=False)
    _idiom: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile each category once."""
        patterns = {c.name: _pattern(c.phrases) for c in self.categories}
        object.__setattr__(self, "_found", patterns)
        object.__setattr__(self, "_idiom", _pattern(self.idioms))


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found: how soon, of which kinds, and the phrases in the patient's words."""

    urgency: Urgency
    categories: tuple[str, ...]
    why: str


NOTHING = Screening(Urgency.NONE, (), "")


def screen(text: str, lexicon: Lexicon) -> Screening:
    """Return the most urgent finding in *text*, and the kinds of all. Total."""
    hits = [hit for sentence in _sentences(text, lexicon) for hit in _hits(sentence, lexicon)]
    if not hits:
        return NOTHING
    hits.sort(key=lambda hit: -hit[0])
    categories = tuple(dict.fromkeys(name for _, name, _ in hits))
    return Screening(hits[0][0], categories, f'"{hits[0][2]}"')


def _sentences(text: str, lexicon: Lexicon) -> Iterator[str]:
    for sentence in re.split(r"[.!?;\n]+", normalise(text)):
        words = re.findall(r"[^\W_]+(?:'[^\W_]+)*", sentence)
        respelt = (lexicon.respellings.get(w, w) for w in _joined(words))
        spelt = " ".join(respelt).replace("'", "")
        if spelt:
            yield spelt


def _joined(words: list[str]) -> Iterator[str]:
    """Yield *words* with runs of three or more single letters joined: ``k i l l``."""
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run.append(word)
            continue
        if len(run) >= 3:
            yield "".join(run)
        else:
            yield from run
        run = []
        if word:
            yield word.replace("'", "")


def _hits(sentence: str, lexicon: Lexicon) -> Iterator[tuple[Urgency, str, str]]:
    idioms = [match.span() for match in lexicon._idiom.finditer(sentence)]  # noqa: SLF001 - its own compiled form
    for category in lexicon.categories:
        for match in lexicon._found[category.name].finditer(sentence):  # noqa: SLF001 - same
            urgency = category.urgency
            inside = any(start <= match.start() and match.end() <= end for start, end in idioms)
            if inside or (category.negatable and _negated(sentence[: match.start()], lexicon)):
                urgency = min(urgency, Urgency.SOON)
            yield urgency, category.name, match[0]


def _negated(before: str, lexicon: Lexicon) -> bool:
    for word in reversed(before.split()[-NEGATION_REACH:]):
        # "I don't know, I want to die" is not a negation of what follows.
        if word in lexicon.clause_starts:
            return False
        if word in lexicon.negations:
            return True
    return False


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    spelt = (re.escape(phrase).replace(r"\ \*", GAP).replace(r"\*", GAP) for phrase in phrases)
    # Longest first, so that the reason shown is the fullest one.
    alternatives = "|".join(sorted(spelt, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"\b(?:{alternatives})\b")
