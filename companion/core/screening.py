"""Phrases that mean danger or struggle, with negation and the reason found.

Phrases, not words: "kill" alone finds too much and misses more. Every phrase is looked
for at every word of every sentence, each for itself, so that a sentence written before
or after never takes a finding away. A negation or an idiom lowers a finding to the next
working day; nothing erases a danger.

It is no diagnosis, and it misses things: a person reads every text as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from companion.core.normalising import normalise
from companion.core.urgency import Urgency

NEGATION_REACH = 6
"""Words before a phrase among which a negation is looked for."""
LONGEST_GAP = 3
"""How many words ``*`` in a phrase stands for at most."""
SHORTEST_GUARDED = 7
"""Letters; a shorter word is too close to other words to be looked for misspelt."""

# "so..." goes on; a full stop without a space after it may stand inside a thought.
_SENTENCE_END = re.compile(r"(?:[!?;]+|(?<!\.)\.)(?=\s|$)|\n")
_WORD = re.compile(r"[^\W_]+(?:['*][^\W_]+)*|[,:()]|\.{2,}")
_MANY = re.compile(r"[1-9]\d+")
"""What ``#`` in a phrase stands for: a number of ten or more."""
_STRETCHED = re.compile(r"(\w)\1{2,}")


class PhraseError(ValueError):
    """A phrase that cannot be looked for. The message names it."""


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of danger or struggle, and the phrases that say it.

    In a phrase ``*`` stands for up to three words, ``#`` for a number of ten or more and
    ``took|taken`` for either.
    """

    name: str
    urgency: Urgency
    phrases: tuple[str, ...]
    negatable: bool
    """Whether "not" before a phrase lowers it; "not breathing" is one itself."""


@dataclass(slots=True)
class _Node:
    """One place in the tree of all phrases: the words that may follow, what ends here."""

    following: dict[str, "_Node"] = field(default_factory=dict)
    gap: "_Node | None" = None
    ends: list[Category | None] = field(default_factory=list)


@dataclass(frozen=True)
class Lexicon:
    """All that one language knows. Words in it are in normal form.

    *respellings* puts one spelling for several: ``wanna`` is ``want to``. A negation
    reaches a phrase only across *carriers*, words such as "want to". *guarded* words are
    found with one letter wrong too, unless what stands there is one of *other_words*.
    """

    categories: tuple[Category, ...]
    negations: frozenset[str]
    carriers: frozenset[str]
    idioms: tuple[str, ...]
    respellings: Mapping[str, str]
    guarded: tuple[str, ...] = ()
    other_words: frozenset[str] = frozenset()
    tree: _Node = field(init=False, repr=False, compare=False, default_factory=_Node)
    _known: set[str] = field(init=False, repr=False, compare=False, default_factory=set)
    _nearly: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Grow the tree once.

        Raises:
            PhraseError: a phrase is empty or has a gap at an end.
        """
        for category in self.categories:
            for phrase in category.phrases:
                self._plant(phrase, category)
        for idiom in self.idioms:
            self._plant(idiom, None)
        self._known.update(self.respellings, self.negations, self.carriers, self.other_words)
        for word in self.guarded:
            self._nearly.update(dict.fromkeys(_without_one_letter(word), word))

    def _plant(self, phrase: str, ends: Category | None) -> None:
        for spelt in product(*(slot.split("|") for slot in phrase.split())):
            words = [part for word in spelt for part in self.respellings.get(word, word).split()]
            if not words or "" in spelt or "*" in {words[0], words[-1]}:
                raise PhraseError(f"{phrase!r} must begin and end with a word")
            node = self.tree
            for word in words:
                node = _below(node, word)
            node.ends.append(ends)
            self._known.update(words)

    def spelt(self, word: str) -> list[str]:
        """Return the words that *word* stands for, in the spelling of the phrases."""
        if word in self.respellings:  # with its apostrophe: "od'd" is not "odd"
            return self.respellings[word].split()
        word = word.replace("'", "")
        stretched = _STRETCHED.search(word) is not None
        variants = (_STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)) if stretched else ()
        for variant in (word, *variants):
            if variant in self.respellings:
                return self.respellings[variant].split()
            if variant in self._known:
                return [variant]
        return [self._nearest(word)]

    def _nearest(self, word: str) -> str:
        if not SHORTEST_GUARDED - 1 <= len(word) <= 20:
            return word
        return next((self._nearly[w] for w in _without_one_letter(word) if w in self._nearly), word)


def _below(node: _Node, word: str) -> _Node:
    if word == "*":
        node.gap = node.gap or _Node()
        return node.gap
    return node.following.setdefault(word, _Node())


def _without_one_letter(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found: how soon, of which kinds, and the phrase in the patient's words."""

    urgency: Urgency
    categories: tuple[str, ...]
    why: str


NOTHING = Screening(Urgency.NONE, (), "")


@dataclass(frozen=True, slots=True)
class _Hit:
    urgency: Urgency
    category: str
    length: int
    why: str


def screen(text: str, lexicon: Lexicon) -> Screening:
    """Return the most urgent finding in *text*, and the kinds of all. Total."""
    hits = [hit for sentence in _sentences(text, lexicon) for hit in _hits(sentence, lexicon)]
    if not hits:
        return NOTHING
    hits.sort(key=lambda hit: (-hit.urgency, -hit.length))
    return Screening(hits[0].urgency, tuple(dict.fromkeys(h.category for h in hits)), hits[0].why)


@dataclass(slots=True)
class _Sentence:
    """Words in the spelling of the phrases, beside the patient's own."""

    words: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)
    """Where a comma stands before a word: no negation reaches across."""

    def as_written(self, start: int, end: int) -> str:
        """Return what the patient wrote there, whole words of theirs only."""
        while not self.written[start]:  # the "not" of "dont"
            start -= 1
        return " ".join(word for word in self.written[start:end] if word)


def _sentences(text: str, lexicon: Lexicon) -> Iterator[_Sentence]:
    for part in _SENTENCE_END.split(normalise(text)):
        sentence = _Sentence()
        for written in _WORD.findall(part):
            if not written[0].isalnum():
                sentence.breaks.add(len(sentence.words))
                continue
            words = lexicon.spelt(written)
            sentence.words += words
            sentence.written += [written, *[""] * (len(words) - 1)]
        yield sentence


def _hits(sentence: _Sentence, lexicon: Lexicon) -> Iterator[_Hit]:
    found: list[tuple[int, int, Category]] = []
    idioms: list[tuple[int, int]] = []
    for start in range(len(sentence.words)):
        for end, category in _matches(sentence.words, start, lexicon):
            if category is None:
                idioms.append((start, end))
            else:
                found.append((start, end, category))
    spoken = _covered(idioms)
    for start, end, category in found:
        lowered = _lowered(sentence, start, end, category, spoken, lexicon)
        phrase = sentence.as_written(start, end)
        if lowered and category.urgency <= Urgency.SOON:
            continue  # "no side effects" is no struggle; a danger is never passed over
        urgency = Urgency.SOON if lowered else category.urgency
        yield _Hit(urgency, category.name, end - start, f'"{phrase}"{lowered}')


def _covered(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def _matches(
    words: list[str], start: int, lexicon: Lexicon
) -> Iterator[tuple[int, Category | None]]:
    """Yield where each phrase that begins at *start* ends, and its kind (None: an idiom)."""
    waiting = [(lexicon.tree, start)]
    while waiting:
        node, at = waiting.pop()
        for category in node.ends:
            yield at, category
        if node.gap is not None:
            waiting += [(node.gap, end) for end in _gap_ends(words, at, lexicon.negations)]
        waiting += [(node.following[word], end) for word, end in _next(words, at, node)]


def _gap_ends(words: list[str], at: int, negations: frozenset[str]) -> Iterator[int]:
    """Yield where a gap from *at* may end. It never holds a negation: "breathing not slow"."""
    for end in range(at, min(at + LONGEST_GAP, len(words)) + 1):
        yield end
        if end < len(words) and words[end] in negations:
            return


def _next(words: list[str], at: int, node: _Node) -> Iterator[tuple[str, int]]:
    """Yield the words of *node* that stand at *at*, spelt out letter by letter too."""
    if at >= len(words):
        return
    if words[at] in node.following:
        yield words[at], at + 1
    if "#" in node.following and _MANY.fullmatch(words[at]):
        yield "#", at + 1
    spelt = words[at]
    for end in range(at + 1, min(at + 12, len(words))):
        if len(words[end]) > 1 or len(words[at]) > 1:
            return
        spelt += words[end]
        if spelt in node.following:
            yield spelt, end + 1


def _lowered(
    sentence: _Sentence,
    start: int,
    end: int,
    category: Category,
    spoken: set[int],
    lexicon: Lexicon,
) -> str:
    """Return why a finding is lowered, to stand behind its phrase; empty when it is not."""
    if not spoken.isdisjoint(range(start, end)):
        return " in a way of speaking"
    if not category.negatable:
        return ""
    for at in range(start - 1, max(start - 1 - NEGATION_REACH, -1), -1):
        if at + 1 in sentence.breaks:
            return ""
        if sentence.words[at] in lexicon.negations:
            return f' after "{sentence.words[at]}"'
        if sentence.words[at] not in lexicon.carriers:
            return ""
    return ""
