"""Find phrases that mean danger or struggle, with negation and the reason found.

Phrases, not words: "kill" alone finds too much and misses more. Every phrase is looked
for at every word of every sentence, each for itself, so that a sentence written before
or after never takes a finding away. A negation or an idiom lowers a finding to the next
working day; nothing erases a danger.

There are two widths. A narrow phrase is as urgent as its category and may page somebody;
a wide one, which finds more and errs more, is for the same working day at most. Two that
mean little alone may mean much in one text (see ``core.phrases``).

It is no diagnosis, and it misses things: a person reads every text as well.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, product

from companion.core.normalising import folded, look_alikes_resolved, normalise
from companion.core.phrases import Lexicon, Meaning, Node
from companion.core.urgency import Urgency

NEGATION_REACH = 6
"""Words before a phrase among which a negation is looked for."""
LONGEST_GAP = 3
"""How many words ``*`` in a phrase stands for at most."""
LONGEST_SPELT = 12
"""Letters of a word that is spelt out: s u i c i d e."""
MOST_OF_A_PAIR = 8
"""How often one phrase of two is looked at in one text."""

# "so..." goes on; a full stop without a space after it may stand inside a thought.
_SENTENCE_END = re.compile(r"(?:[!?;]+|(?<!\.)\.)(?=\s|$)|\n")
_WORD = re.compile(r"[^\W_]+(?:['*@$!][^\W_]+)*|[,:()]|\.{2,}")
_MANY = re.compile(r"[1-9]\d+")
"""What ``#`` in a phrase stands for: a number of ten or more."""


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found: how soon, of which kinds, and the phrase in the patient's words."""

    urgency: Urgency
    categories: tuple[str, ...]
    why: str


NOTHING = Screening(Urgency.NONE, (), "")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase of a category that was found, and where."""

    urgency: Urgency
    category: str
    why: str
    meaning: Meaning
    sentence: int
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def apart_from(self, other: "_Hit") -> bool:
        """Tell whether two do not overlap and are not the same said twice."""
        if self.why == other.why:
            return False
        beside = self.end <= other.start or other.end <= self.start
        return self.sentence != other.sentence or beside

    def beside(self, other: "_Hit") -> "_Hit":
        """Return the one finding that two are together."""
        why, end = f"{self.why} beside {other.why}", self.end + other.length
        return replace(self, urgency=min(self.urgency, other.urgency), why=why, end=end)


def screen(text: str, lexicons: Sequence[Lexicon]) -> Screening:
    """Return the most urgent finding in *text*, and the kinds of all. Total.

    *lexicons* are those of the languages that the patient may write in: their own, which
    holds its Latin-letter form too, and English.
    """
    said = look_alikes_resolved(normalise(text))
    hits = [hit for lexicon in lexicons for hit in _findings(said, lexicon)]
    if not hits:
        return NOTHING
    hits.sort(key=lambda hit: (-hit.urgency, -hit.length))
    kinds = tuple(dict.fromkeys(hit.category for hit in hits))
    return Screening(hits[0].urgency, kinds, hits[0].why)


def _findings(said: str, lexicon: Lexicon) -> Iterator[_Hit]:
    halves = []
    for at, sentence in enumerate(_sentences(said, lexicon)):
        for hit in _hits(sentence, at, lexicon):
            if hit.meaning.pair:
                halves.append(hit)
            else:
                yield hit
    yield from _pairs(halves)


def _pairs(halves: list[_Hit]) -> Iterator[_Hit]:
    """Yield one finding for each two phrases that mean something beside each other."""
    halves.sort(key=lambda hit: hit.meaning.pair)
    for _, of_pair in groupby(halves, key=lambda hit: hit.meaning.pair):
        yield from _best_two(list(of_pair))


def _best_two(of_pair: Sequence[_Hit]) -> Iterator[_Hit]:
    one, other = ([hit for hit in of_pair if hit.meaning.side == side] for side in (0, 1))
    both = product(one[:MOST_OF_A_PAIR], other[:MOST_OF_A_PAIR])
    found = [here.beside(there) for here, there in both if here.apart_from(there)]
    yield from sorted(found, key=lambda hit: -hit.urgency)[:1]


@dataclass(slots=True)
class _Sentence:
    """Words in the spelling of the phrases, beside the patient's own."""

    words: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)
    """Where a comma stands before a word: no negation reaches across."""
    steps: list[list[tuple[str, int]]] = field(default_factory=list)
    """What may be read at each word, and where the next one is."""

    def as_written(self, start: int, end: int) -> str:
        """Return what the patient wrote there, whole words of theirs only."""
        while not self.written[start]:  # the "not" of "dont"
            start -= 1
        return " ".join(word for word in self.written[start:end] if word)


def _sentences(said: str, lexicon: Lexicon) -> Iterator[_Sentence]:
    for part in _SENTENCE_END.split(folded(said, lexicon.folds)):
        sentence = _Sentence()
        for written in _WORD.findall(part):
            if not written[0].isalnum():
                sentence.breaks.add(len(sentence.words))
                continue
            words = lexicon.spelt(written)
            sentence.words += words
            sentence.written += [written, *[""] * (len(words) - 1)]
        sentence.steps = [
            list(_steps(sentence, at, lexicon)) for at in range(len(sentence.words) + 1)
        ]
        yield sentence


def _steps(sentence: _Sentence, at: int, lexicon: Lexicon) -> Iterator[tuple[str, int]]:
    """Yield what may be read at *at*: the word, its groups, what it begins to spell, an end."""
    words = sentence.words
    if at in {0, len(words)} or at in sentence.breaks:
        yield ".", at
    if at == len(words):
        return
    for said in lexicon.standing(words[at]):
        yield said, at + 1
    if _MANY.fullmatch(words[at]):
        yield "#", at + 1
    spelt = ""
    for end in range(at, min(at + LONGEST_SPELT, len(words))):
        if len(words[end]) > 1:
            return
        spelt += words[end]
        if end > at and spelt in lexicon.known:
            yield from ((said, end + 1) for said in lexicon.standing(spelt))


def _hits(sentence: _Sentence, at: int, lexicon: Lexicon) -> Iterator[_Hit]:
    found = [
        match
        for start in range(len(sentence.words))
        for match in _matches(sentence, start, lexicon)
    ]
    spoken = set(_places(match for match in found if match.meaning.category is None))
    for match in found:
        meaning = match.meaning
        if meaning.category is None:
            continue
        lowered = _lowered(sentence, match, spoken, lexicon)
        if lowered and meaning.urgency <= Urgency.SOON:
            continue  # "no side effects" is no struggle; a danger is never passed over
        urgency = Urgency.SOON if lowered else meaning.urgency
        why = f'"{sentence.as_written(match.start, match.end)}"{lowered}'
        yield _Hit(urgency, meaning.category.name, why, meaning, at, match.start, match.end)


@dataclass(frozen=True, slots=True)
class _Match:
    """A phrase found between two words; *negated* by the word that stands inside it."""

    start: int
    end: int
    meaning: Meaning
    negated: str


def _places(matches: Iterable[_Match]) -> Iterator[int]:
    for match in matches:
        yield from range(match.start, match.end)


def _matches(sentence: _Sentence, start: int, lexicon: Lexicon) -> Iterator[_Match]:
    """Yield each phrase that begins at *start*."""
    words = sentence.words
    waiting = [(lexicon.net, start, "")]
    while waiting:
        node, at, negated = waiting.pop()
        for meaning in node.ends:
            yield _Match(start, at, meaning, negated)
        for there, end in _onward(sentence, node, at, lexicon):
            waiting.append((there, end, negated))
        inside = start < at < len(words) and node.following and not negated
        if inside and words[at] in lexicon.negations_within:
            waiting.append((node, at + 1, words[at]))


def _onward(
    sentence: _Sentence, node: Node, at: int, lexicon: Lexicon
) -> Iterator[tuple[Node, int]]:
    """Yield each place that *node* leads to, and where the sentence is read on from there."""
    for behind in node.skips:
        yield behind, at
    if node.gap is not None:
        for end in _gap_ends(sentence.words, at, lexicon.barring):
            yield node.gap, end
    for said, end in sentence.steps[at] if node.following else ():
        if said in node.following:
            yield node.following[said], end


def _gap_ends(words: list[str], at: int, negations: set[str]) -> Iterator[int]:
    """Yield where a gap from *at* may end. It never holds a negation: "breathing not slow"."""
    for end in range(at, min(at + LONGEST_GAP, len(words)) + 1):
        yield end
        if end < len(words) and words[end] in negations:
            return


def _lowered(sentence: _Sentence, match: _Match, spoken: set[int], lexicon: Lexicon) -> str:
    """Return why a finding is lowered, to stand behind its phrase; empty when it is not."""
    if not spoken.isdisjoint(range(match.start, match.end)):
        return " in a way of speaking"
    if match.meaning.category is None or not match.meaning.category.negatable:
        return ""
    negation = match.negated or _negation_of(sentence, match, lexicon)
    return f' with "{negation}"' if negation else ""


def _negation_of(sentence: _Sentence, match: _Match, lexicon: Lexicon) -> str:
    """Return the word that negates a match from before it or from behind it, if one does."""
    before = range(match.start - 1, max(match.start - 1 - NEGATION_REACH, -1), -1)
    after = range(match.end, min(match.end + NEGATION_REACH, len(sentence.words)))
    return _first_of(lexicon.negations, sentence, before, 1, lexicon.carriers) or _first_of(
        lexicon.negations_after, sentence, after, 0, lexicon.carriers
    )


def _first_of(
    negations: frozenset[str],
    sentence: _Sentence,
    places: range,
    beside: int,
    carriers: frozenset[str],
) -> str:
    """Return the first negation at *places* that nothing but *carriers* parts from the match."""
    for at in places:
        if at + beside in sentence.breaks:
            return ""
        if sentence.words[at] in negations:
            return sentence.words[at]
        if sentence.words[at] not in carriers:
            return ""
    return ""
