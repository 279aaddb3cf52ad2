"""The phrases of one language, knit into one net that finds all of them in one pass.

In a phrase

* ``took|had_some`` and ``(took|had some)`` are either, and ``(|so)`` a word or none;
* ``*`` stands for up to three words and ``#`` for a number of ten or more;
* ``<tablets>`` stands for any word or phrase of that group;
* ``.`` stands for an end of the sentence or a comma: "i ran out ." is not "out of milk";
* ``a & b`` are two phrases that mean something when both stand in one text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from sys import intern
from types import MappingProxyType

from companion.core.run_together import parted
from companion.core.urgency import Urgency

SHORTEST_JOINED = 6
"""Letters; a shorter word is not looked at for words written together."""
SHORTEST_GUARDED = 7
"""Letters; a shorter word is too close to other words to be looked for misspelt."""

_SLOT = re.compile(r"\([^)]*\)|\S+")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_SIGNS_FOR_LETTERS = str.maketrans("01345789@$!", "oieastbgasi")


class PhraseError(ValueError):
    """A phrase that cannot be looked for. The message names it."""


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of danger or struggle, and the phrases that say it."""

    name: str
    urgency: Urgency
    phrases: tuple[str, ...]
    negatable: bool
    """Whether "not" before a phrase lowers it; "not breathing" is one itself."""
    wide: tuple[str, ...] = ()
    """Phrases that find more and err more: urgent at most, whatever the category is."""
    paging: tuple[str, ...] = ()
    """Phrases that are an emergency, whatever the category is: "he has a knife"."""

    def by_urgency(self) -> Iterator[tuple[Urgency, tuple[str, ...]]]:
        """Yield the phrases of each width, with how urgent they are."""
        yield self.urgency, self.phrases
        yield min(self.urgency, Urgency.URGENT), self.wide
        yield Urgency.EMERGENCY, self.paging


@dataclass(frozen=True, slots=True)
class Meaning:
    """What it means that a phrase was found; no category for a way of speaking."""

    category: Category | None
    urgency: Urgency = Urgency.NONE
    pair: str = ""
    """The two phrases of which it is one, for one that means nothing alone."""
    side: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One place in the net: the words that lead on, and what ends here."""

    following: Mapping[str, "Node"]
    gap: "Node | None"
    skips: tuple["Node", ...]
    """Places that are reached without a word."""
    ends: tuple[Meaning, ...]


@dataclass(slots=True)
class _Knot:
    """A place in the net while it is knit."""

    following: dict[str, "_Knot"] = field(default_factory=dict)
    gap: "_Knot | None" = None
    skips: tuple["_Knot", ...] = ()
    ends: tuple[Meaning, ...] = ()
    choices: dict[str, "_Knot"] | None = None
    """Where alternatives meet again, so that phrases that begin alike share it."""


@dataclass(frozen=True)
class Lexicon:
    """All that one language knows. Words in it are in normal form.

    *respellings* puts one spelling for several: ``wanna`` is ``want to``; *endings* does so
    for the ends of words: ``in`` for ``ing``. *groups* hold what may stand for their name,
    which a phrase may hold: ``<tablets>``, or ``2`` for ``to``. A negation
    reaches a phrase only across *carriers*, words such as "want to": one of *negations*
    from before it, one of *negations_after* from behind it, one of *negations_within* from
    between its words, as languages have them. *guarded* words are found with one letter
    wrong too, unless what stands there is one of *other_words*. In a language that
    *runs_together* an unknown word may be several, written without spaces. *reviewer* is the
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
    runs_together: bool = False
    net: Node = field(init=False, repr=False, compare=False)
    barring: set[str] = field(init=False, repr=False, compare=False, default_factory=set)
    """Negations, which no gap of a phrase holds."""
    known: set[str] = field(init=False, repr=False, compare=False, default_factory=set)
    """Words that phrases hold."""
    _nearly: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _standing: dict[str, tuple[str, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Knit the net once.

        Raises:
            PhraseError: a phrase is empty, has a gap at an end or a group that is none.
        """
        self.barring.update(self.negations, self.negations_within)
        self._gather()
        root = _Knot()
        for category in self.categories:
            for urgency, phrases in category.by_urgency():
                meaning = Meaning(category, urgency)
                for phrase in phrases:
                    self._plant(root, phrase, meaning)
        spoken = Meaning(None)
        for idiom in self.idioms:
            self._knit(root, idiom, spoken)
        object.__setattr__(self, "net", _Tightening().draw(root))
        self.known.update(self.carriers, self.other_words)
        self.known.update(self.negations, self.negations_after, self.negations_within)
        for word in self.guarded:
            self._nearly.update(dict.fromkeys(_without_one_letter(word), word))

    def _gather(self) -> None:
        """Note the groups of each word."""
        for name, members in self.groups.items():
            for member in members:
                word = self.respellings.get(member, member)
                self._standing[word] = (*self._standing.get(word, (word,)), name)
        self.known.update(self._standing)

    def _holds_phrases(self, name: str) -> bool:
        return any(set(" (|<") & set(member) for member in self.groups.get(name, ()))

    def _plant(self, root: _Knot, phrase: str, meaning: Meaning) -> None:
        parts = phrase.split(" & ")
        if len(parts) == 1:
            self._knit(root, phrase, meaning)
            return
        if len(parts) > 2:
            raise PhraseError(f"{phrase!r} must be one phrase or two")
        for side, part in enumerate(parts):
            self._knit(root, part, replace(meaning, pair=phrase, side=side))

    def _knit(self, root: _Knot, phrase: str, meaning: Meaning) -> None:
        slots = _SLOT.findall(phrase)
        if not slots or "*" in {slots[0], slots[-1]}:
            raise PhraseError(f"{phrase!r} must begin and end with a word")
        self._walk(root, phrase).ends += (meaning,)

    def _walk(self, node: _Knot, phrase: str) -> _Knot:
        """Return where *phrase* leads from *node*."""
        for slot in _SLOT.findall(phrase):
            if slot == "*":
                node.gap = node = node.gap or _Knot()
            elif set("|_(") & set(slot) or self._holds_phrases(slot):
                node = (node.choices or {}).get(slot) or self._meet(node, slot)
            else:
                node = self._step(node, slot)
        return node

    def _meet(self, node: _Knot, slot: str) -> _Knot:
        """Return a new place behind *node* where the alternatives of *slot* meet again."""
        node.choices = node.choices or {}
        behind = node.choices[slot] = _Knot()
        bracketed = slot.startswith("(") and slot.endswith(")")
        either = self.groups.get(slot) or (slot[1:-1] if bracketed else slot).split("|")
        if "" in either and not bracketed:
            raise PhraseError(f"{slot!r} must not lack a word between its bars")
        for phrase in either:
            self._walk(node, phrase.replace("_", " ")).skips += (behind,)
        return behind

    def _step(self, node: _Knot, word: str) -> _Knot:
        if set("()|*") & set(word) or (word[0] == "<" and word not in self.groups):
            raise PhraseError(f"{word!r} is no word and no group")
        for part in map(intern, self.respellings.get(word, word).split()):
            node = node.following.setdefault(part, _Knot())
            self.known.add(part)
        return node

    def standing(self, word: str) -> tuple[str, ...]:
        """Return *word* with the names of the groups it is in."""
        return self._standing.get(word, (word,))

    def spelt(self, word: str) -> list[str]:
        """Return the words that *word* stands for, in the spelling of the phrases."""
        if word in self.respellings:  # with its apostrophe: "od'd" is not "odd"
            return self.respellings[word].split()
        word = word.replace("'", "")
        for variant in self._variants(word):
            if variant in self.respellings:
                return self.respellings[variant].split()
            if variant in self.known:
                return [variant]
        if self.runs_together and len(word) >= SHORTEST_JOINED and not word.isascii():
            parts = parted(word, self._knows)
            if parts:
                return [said for part in parts for said in self.spelt(part)]
        return [self._nearest(word)]

    def _knows(self, word: str) -> bool:
        return word in self.known or word in self.respellings

    def _variants(self, word: str) -> Iterator[str]:
        """Yield *word*, then as it would be written with more care."""
        yield word
        if _STRETCHED.search(word):
            yield _STRETCHED.sub(r"\1\1", word)
            yield _STRETCHED.sub(r"\1", word)
        for short, full in self.endings.items():
            if word.endswith(short):
                yield word.removesuffix(short) + full
        if not (word.isalpha() or word.isdecimal()):
            yield word.translate(_SIGNS_FOR_LETTERS)  # k1ll, su!cide

    def _nearest(self, word: str) -> str:
        if not SHORTEST_GUARDED - 1 <= len(word) <= 20:
            return word
        return next((self._nearly[w] for w in _without_one_letter(word) if w in self._nearly), word)


_NOWHERE: Mapping[str, Node] = MappingProxyType({})


@dataclass(slots=True)
class _Tightening:
    """Make one place of all that lead on alike: most do, and memory is dear."""

    drawn: dict[int, Node] = field(default_factory=dict)
    alike: dict[tuple[object, ...], Node] = field(default_factory=dict)

    def draw(self, knot: _Knot) -> Node:
        """Return the place that stands for *knot*."""
        if id(knot) not in self.drawn:
            following = {word: self.draw(there) for word, there in knot.following.items()}
            gap = None if knot.gap is None else self.draw(knot.gap)
            skips = tuple(map(self.draw, knot.skips))
            node = Node(following or _NOWHERE, gap, skips, knot.ends)
            self.drawn[id(knot)] = self.alike.setdefault(_what_follows(node), node)
        return self.drawn[id(knot)]


def _what_follows(node: Node) -> tuple[object, ...]:
    onward = (part for word, there in sorted(node.following.items()) for part in (word, id(there)))
    return (*onward, id(node.gap), *map(id, node.skips), None, *map(id, node.ends))


def _without_one_letter(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
