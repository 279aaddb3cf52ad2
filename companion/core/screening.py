"""Phrases that mean danger or struggle, with negation and the reason found.

Phrases, not words: "kill" alone finds too much and misses more. Every phrase is looked
for at every word of every sentence, each for itself, so that a sentence written before
or after never takes a finding away. A negation or an idiom lowers a finding to the next
working day; nothing erases a danger.

There are several widths. A narrow phrase is as urgent as its category and may page
somebody; a wide one, which finds more and errs more, is for the same working day at most.
A veiled one is for the next working day, but two in one text are as urgent as their
category: "I've paid for my funeral" may be thrift, but not beside "you won't see me again".

It is no diagnosis, and it misses things: a person reads every text as well.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from types import MappingProxyType

from companion.core.normalising import folded, look_alikes_resolved, normalise
from companion.core.urgency import Urgency

NEGATION_REACH = 6
"""Words before a phrase among which a negation is looked for."""
LONGEST_GAP = 3
"""How many words ``*`` in a phrase stands for at most."""
SHORTEST_GUARDED = 7
"""Letters; a shorter word is too close to other words to be looked for misspelt."""

# "so..." goes on; a full stop without a space after it may stand inside a thought.
_SENTENCE_END = re.compile(r"(?:[!?;]+|(?<!\.)\.)(?=\s|$)|\n")
_WORD = re.compile(r"[^\W_]+(?:['*@$!][^\W_]+)*|[,:()]|\.{2,}")
_MANY = re.compile(r"[1-9]\d+")
"""What ``#`` in a phrase stands for: a number of ten or more."""
_STRETCHED = re.compile(r"(\w)\1{2,}")
_SIGNS_FOR_LETTERS = str.maketrans("01345789@$!", "oieastbgasi")


class PhraseError(ValueError):
    """A phrase that cannot be looked for. The message names it."""


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of danger or struggle, and the phrases that say it.

    In a phrase ``*`` stands for up to three words, ``#`` for a number of ten or more,
    ``took|had_some`` for either, an underscore keeping words of one choice together,
    ``<tablets>`` for any word of that group and ``.`` for the end of the sentence or a comma:
    "i ran out ." is not "i ran out of milk".
    """

    name: str
    urgency: Urgency
    phrases: tuple[str, ...]
    negatable: bool
    """Whether "not" before a phrase lowers it; "not breathing" is one itself."""
    wide: tuple[str, ...] = ()
    """Phrases that find more and err more: urgent at most, whatever the category is."""
    veiled: tuple[str, ...] = ()
    """Phrases that hint at it: soon alone, as urgent as the category beside another."""
    paging: tuple[str, ...] = ()
    """Phrases that are an emergency, whatever the category is: "he has a knife"."""
    together: Urgency = Urgency.NONE
    """How urgent a finding of it is beside a veiled one."""
    is_veiled: bool = False

    def by_width(self) -> Iterator[tuple["Category", tuple[str, ...]]]:
        """Yield the phrases of each width with the category as they find it."""
        widened = replace(self, urgency=min(self.urgency, Urgency.URGENT), together=self.urgency)
        yield self, self.phrases
        yield widened, self.wide
        yield replace(widened, urgency=Urgency.SOON, is_veiled=True), self.veiled
        yield replace(self, urgency=Urgency.EMERGENCY), self.paging


@dataclass(slots=True)
class _Node:
    """One place in the tree of all phrases: the words that may follow, what ends here."""

    following: Mapping[str, "_Node"] = field(default_factory=lambda: _NOTHING_FOLLOWS)
    gap: "_Node | None" = None
    ends: tuple[Category | None, ...] = ()


_NOTHING_FOLLOWS: Mapping[str, _Node] = MappingProxyType({})
"""Shared by all that end a phrase: there are tens of thousands."""


@dataclass(frozen=True)
class Lexicon:
    """All that one language knows. Words in it are in normal form.

    *respellings* puts one spelling for several: ``wanna`` is ``want to``; *endings* does so
    for the ends of words: ``in`` for ``ing``. *groups* hold the words that may stand for
    their name, which a phrase may hold: ``<tablets>``, or ``2`` for ``to``. A negation
    reaches a phrase only across *carriers*, words such as "want to": one of *negations*
    from before it, one of *negations_after* from behind it, one of *negations_within* from
    between its words, as languages have them. *guarded* words are found with one letter
    wrong too, unless what stands there is one of *other_words*. *reviewer* is the
    native-speaking clinician who read it; empty while none has.
    """

    categories: tuple[Category, ...]
    negations: frozenset[str]
    carriers: frozenset[str]
    idioms: tuple[str, ...]
    respellings: Mapping[str, str]
    folds: Mapping[int, str] = field(default_factory=dict)
    negations_after: frozenset[str] = frozenset()
    negations_within: frozenset[str] = frozenset()
    reviewer: str = ""
    guarded: tuple[str, ...] = ()
    other_words: frozenset[str] = frozenset()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    stopping: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())
    """Words that no gap reaches across."""
    tree: _Node = field(init=False, repr=False, compare=False, default_factory=_Node)
    _known: set[str] = field(init=False, repr=False, compare=False, default_factory=set)
    _nearly: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _standing: dict[str, tuple[str, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Grow the tree once.

        Raises:
            PhraseError: a phrase is empty, has a gap at an end or a group that is none.
        """
        for name, words in self.groups.items():
            for written in words:
                word = self.respellings.get(written, written)
                self._standing[word] = (*self._standing.get(word, (word,)), name)
        self._known.update(self._standing)
        for category in self.categories:
            for width, phrases in category.by_width():
                for phrase in phrases:
                    self._plant(phrase, width)
        for idiom in self.idioms:
            self._plant(idiom, None)
        object.__setattr__(self, "stopping", self.negations | self.negations_within)
        self._known.update(self.respellings, self.carriers, self.other_words)
        self._known.update(self.negations, self.negations_after, self.negations_within)
        for word in self.guarded:
            self._nearly.update(dict.fromkeys(_without_one_letter(word), word))

    def _plant(self, phrase: str, ends: Category | None) -> None:
        for spelt in product(*(slot.split("|") for slot in phrase.split())):
            said = " ".join(spelt).replace("_", " ").split()
            words = [part for word in said for part in self.respellings.get(word, word).split()]
            if not words or "" in spelt or "*" in {words[0], words[-1]} or "." in words[:-1]:
                raise PhraseError(f"{phrase!r} must begin and end with a word")
            if unknown := {word for word in words if word[0] == "<"} - self.groups.keys():
                raise PhraseError(f"{phrase!r} has {min(unknown)}, which is no group")
            node = self.tree
            for word in words:
                node = _below(node, word)
            node.ends += (ends,)
            self._known.update(words)

    def spelt(self, word: str) -> list[str]:
        """Return the words that *word* stands for, in the spelling of the phrases."""
        if word in self.respellings:  # with its apostrophe: "od'd" is not "odd"
            return self.respellings[word].split()
        word = word.replace("'", "")
        stretched = _STRETCHED.search(word) is not None
        variants = (_STRETCHED.sub(r"\1\1", word), _STRETCHED.sub(r"\1", word)) if stretched else ()
        for variant in (word, *variants, *self._with_endings(word), *_in_letters(word)):
            if variant in self.respellings:
                return self.respellings[variant].split()
            if variant in self._known:
                return [variant]
        return [self._nearest(word)]

    def _with_endings(self, word: str) -> Iterator[str]:
        for short, full in self.endings.items():
            if word.endswith(short):
                yield word.removesuffix(short) + full

    def standing(self, word: str) -> tuple[str, ...]:
        """Return *word* with the names of the groups it is in."""
        return self._standing.get(word, (word,))

    def _nearest(self, word: str) -> str:
        if not SHORTEST_GUARDED - 1 <= len(word) <= 20:
            return word
        return next((self._nearly[w] for w in _without_one_letter(word) if w in self._nearly), word)


def _in_letters(word: str) -> tuple[str, ...]:
    """Return a word written with signs and digits for letters, as letters: k1ll, su!cide."""
    if word.isalpha() or word.isdecimal():
        return ()
    return (word.translate(_SIGNS_FOR_LETTERS),)


def _below(node: _Node, word: str) -> _Node:
    if word == "*":
        node.gap = node.gap or _Node()
        return node.gap
    if not isinstance(node.following, dict):
        node.following = {}
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
    category: Category
    length: int
    why: str
    lowered: bool = False
    place: tuple[int, int] = (0, 0)
    """The sentence, and the word in it that follows."""


def screen(text: str, lexicons: Sequence[Lexicon]) -> Screening:
    """Return the most urgent finding in *text*, and the kinds of all. Total.

    *lexicons* are those of the languages that the patient may write in: their own, which
    holds its Latin-letter form too, and English.
    """
    said = look_alikes_resolved(normalise(text))
    hits = [
        hit
        for lexicon in lexicons
        for at, sentence in enumerate(_sentences(said, lexicon))
        for hit in _hits(sentence, at, lexicon)
    ]
    if not hits:
        return NOTHING
    hits += _added_up(hits)
    hits.sort(key=lambda hit: (-hit.urgency, -hit.length))
    kinds = tuple(dict.fromkeys(hit.category.name for hit in hits))
    return Screening(hits[0].urgency, kinds, hits[0].why)


def _added_up(hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """Yield a finding for each two that hint at a danger in different words."""
    hints = [hit for hit in hits if hit.category.together and not hit.lowered]
    for one, other in combinations(sorted(hints, key=lambda hit: hit.place), 2):
        sentence, end = other.place
        apart = one.place < (sentence, end - other.length + 1) and one.why != other.why
        if apart and (one.category.is_veiled or other.category.is_veiled):
            urgency = min(one.category.together, other.category.together)
            why = f"{one.why} beside {other.why}"
            yield _Hit(urgency, one.category, one.length + other.length, why)


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
        yield sentence


def _hits(sentence: _Sentence, at: int, lexicon: Lexicon) -> Iterator[_Hit]:
    found: list[_Match] = []
    idioms: list[_Match] = []
    for start in range(len(sentence.words)):
        for match in _matches(sentence, start, lexicon):
            (idioms if match.category is None else found).append(match)
    spoken = {at for idiom in idioms for at in range(idiom.start, idiom.end)}
    for match in found:
        assert match.category is not None  # sorted out above
        lowered = _lowered(sentence, match, match.category, spoken, lexicon)
        if lowered and match.category.urgency <= Urgency.SOON:
            continue  # "no side effects" is no struggle; a danger is never passed over
        urgency = Urgency.SOON if lowered else match.category.urgency
        phrase = sentence.as_written(match.start, match.end)
        why = f'"{phrase}"{lowered}'
        length, place = match.end - match.start, (at, match.end)
        yield _Hit(urgency, match.category, length, why, bool(lowered), place)


@dataclass(frozen=True, slots=True)
class _Match:
    """A phrase found between two words; *negated* by the word that stands inside it."""

    start: int
    end: int
    category: Category | None
    """None for an idiom."""
    negated: str


def _matches(sentence: _Sentence, start: int, lexicon: Lexicon) -> Iterator[_Match]:
    """Yield each phrase that begins at *start*."""
    words = sentence.words
    waiting = [(lexicon.tree, start, "")]
    while waiting:
        node, at, negated = waiting.pop()
        for category in node.ends:
            yield _Match(start, at, category, negated)
        if node.gap is not None:
            ends = _gap_ends(words, at, lexicon.stopping)
            waiting += [
                (node.gap, end, negated) for end in ends if _leads_on(words, end, node.gap, lexicon)
            ]
        following = _next(words, at, node, lexicon)
        waiting += [(node.following[word], end, negated) for word, end in following]
        if "." in node.following and (at == len(words) or at in sentence.breaks):
            waiting.append((node.following["."], at, negated))
        inside = start < at < len(words) and words[at] in lexicon.negations_within and not negated
        if inside and (node.following or node.gap):
            waiting.append((node, at + 1, words[at]))


def _leads_on(words: list[str], at: int, node: _Node, lexicon: Lexicon) -> bool:
    """Tell whether anything of *node* may stand at *at*: most places lead nowhere."""
    if "." in node.following or node.gap is not None:
        return True
    if at >= len(words):
        return False
    word = words[at]
    if len(word) == 1 or "#" in node.following or word in lexicon.negations_within:
        return True
    return any(one in node.following for one in lexicon.standing(word))


def _gap_ends(words: list[str], at: int, negations: frozenset[str]) -> Iterator[int]:
    """Yield where a gap from *at* may end. It never holds a negation: "breathing not slow"."""
    for end in range(at, min(at + LONGEST_GAP, len(words)) + 1):
        yield end
        if end < len(words) and words[end] in negations:
            return


def _next(words: list[str], at: int, node: _Node, lexicon: Lexicon) -> Iterator[tuple[str, int]]:
    """Yield the words of *node* that stand at *at*, spelt out letter by letter too."""
    if at >= len(words):
        return
    for word in lexicon.standing(words[at]):
        if word in node.following:
            yield word, at + 1
    if "#" in node.following and _MANY.fullmatch(words[at]):
        yield "#", at + 1
    for spelt, end in _spelt_out(words, at):
        for word in lexicon.standing(spelt):
            if word in node.following:
                yield word, end


def _spelt_out(words: list[str], at: int) -> Iterator[tuple[str, int]]:
    """Yield what single letters from *at* on spell, and where: d i e."""
    spelt = words[at]
    for end in range(at + 1, min(at + 12, len(words))):
        if len(words[end]) > 1 or len(words[at]) > 1:
            return
        spelt += words[end]
        yield spelt, end + 1


def _lowered(
    sentence: _Sentence, match: _Match, category: Category, spoken: set[int], lexicon: Lexicon
) -> str:
    """Return why a finding is lowered, to stand behind its phrase; empty when it is not."""
    if not spoken.isdisjoint(range(match.start, match.end)):
        return " in a way of speaking"
    if not category.negatable:
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
