"""Load the words that a language uses for numbers, keywords, danger and struggle.

A file with a mistake in it stops the start, with the file and the key in the error.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from companion.core.doses import DoseError, parse_amount
from companion.core.normalising import folded, normalise
from companion.core.phrases import SHORTEST_GUARDED, Category, Lexicon, PhraseError
from companion.core.questions import Question
from companion.core.reading.readings import Keyword, Vocabulary
from companion.core.urgency import Urgency


class WordsError(ValueError):
    """A file in messages/ that cannot be used. The message names the file and the key."""


def read_words(path: Path) -> str:
    """Return what the file *path* holds.

    Raises:
        WordsError: there is no such file, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise WordsError(f"{path.name}: {error}") from error


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file's values, read with errors that say where."""

    path: Path
    values: Mapping[str, Any]
    folds: Mapping[int, str] = field(default_factory=dict)
    """Letters that its words are folded by (see ``core.normalising``)."""

    @classmethod
    def load(cls, path: Path) -> "TomlFile":
        """Read *path*.

        Raises:
            WordsError: there is no such file, or it is not TOML.
        """
        return cls.parsed(path, read_words(path))

    @classmethod
    def parsed(cls, path: Path, words: str) -> "TomlFile":
        """Return the values of *words*, which *path* held.

        Raises:
            WordsError: they are not TOML.
        """
        try:
            return cls(path, tomllib.loads(words))
        except ValueError as error:
            raise WordsError(f"{path.name}: {error}") from error

    def folding(self) -> "TomlFile":
        """Return this file with its words folded as its own table ``folds`` says.

        Raises:
            WordsError: the table holds something else than single letters.
        """
        folds: dict[str, str] = self.get("folds", dict)
        for letters, meant in folds.items():
            if not isinstance(meant, str) or not letters or normalise(meant) != meant:
                raise self.error(f"folds.{letters}", "must be letters and the one they stand for")
        return replace(
            self, folds={ord(one): meant for many, meant in folds.items() for one in many}
        )

    def error(self, key: str, what: str) -> WordsError:
        """Return the error that names this file and *key*."""
        return WordsError(f"{self.path.name}: {key}: {what}")

    def get(self, key: str, kind: type, within: Mapping[str, Any] | None = None) -> Any:
        """Return the value of *key*, which must be of *kind*.

        Raises:
            WordsError: it is missing or of another kind.
        """
        value = (self.values if within is None else within).get(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, f"must be given, as {kind.__name__}")
        return value

    def tables(self, within: Mapping[str, Any] | None = None) -> Iterator[tuple[str, Any]]:
        """Yield each key with its table.

        Raises:
            WordsError: something else than a table stands there.
        """
        for key in self.values if within is None else within:
            yield key, self.get(key, dict, within)

    def words(self, key: str, within: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the list of words at *key*, each already in normal form.

        Raises:
            WordsError: it is no list of words, or a word is not in normal form.
        """
        words = self.get(key, list, within)
        for word in words:
            if not isinstance(word, str) or normalise(word) != word:
                raise self.error(key, f"{word!r} must be in small letters, spaces single")
        return tuple(folded(word, self.folds) for word in words)

    def set_of_words(self, key: str, within: Mapping[str, Any] | None = None) -> frozenset[str]:
        """Return the words at *key*, each once and in no order.

        Raises:
            WordsError: it is no list of words, or a word is not in normal form.
        """
        return frozenset(self.words(key, within))


def load_vocabulary(root: Path, tag: str) -> Vocabulary:
    """Return the reading words of *tag* from ``messages/vocabulary``.

    Raises:
        WordsError: the file is missing or wrong.
    """
    file = TomlFile.load(root / f"{tag}.toml").folding()
    words: dict[str, Any] = {name: file.words(name) for name in _PHRASES}
    words |= {name: file.set_of_words(name) for name in _SETS}
    words |= {name: file.words(name) for name in _MORE_PHRASES if name in file.values}
    words |= {name: file.set_of_words(name) for name in _MORE_SETS if name in file.values}
    return Vocabulary(
        folds=file.folds,
        decimal_comma=file.get("decimal_comma", bool),
        pairs=file.get("pairs", bool),
        numbers=_numbered(file, "numbers"),
        fractions=_numbered(file, "fractions"),
        answers=_by_question(file, "answers"),
        beside=_by_question(file, "beside"),
        topics={
            name: file.set_of_words(name, file.values["topics"])
            for name in _questions(file, "topics")
        },
        keywords=_keywords(file),
        misleading=_misleading(file),
        giving=_giving(file),
        **words,
    )


_PHRASES = (
    "half", "half_before", "out_of", "scale_first", "scale_of", "asides", "hours", "parts_of_day",
)  # fmt: skip
_SETS = (
    "point", "through", "either", "between", "together", "before", "after", "roughly", "hedges",
    "doubts", "pleasantries", "yes", "no", "agreeing", "units", "plus", "attempts", "polite", "totals",
)  # fmt: skip

# What a language may lack.
_MORE_PHRASES = (
    "openings", "remarks", "labels", "o_clock", "no_counts", "now", "earlier", "well",
    "unwell",
)  # fmt: skip
_MORE_SETS = (
    "counted", "describing", "resuming", "clock", "asking", "affirming", "negating", "other_days",
    "reasons", "conditions", "concluding", "taking", "people", "unsaying",
    "telling_time", "also_words",
)  # fmt: skip
_ALSO_MISLEADING = {"any", "agreed"}
"""Beside the questions: all of them, and a yes or a no."""


def _misleading(file: TomlFile) -> dict[str, tuple[str, ...]]:
    names = _questions(file, "misleading", also=_ALSO_MISLEADING)
    return {name: file.words(name, file.values["misleading"]) for name in names}


def _giving(file: TomlFile) -> tuple[str, ...]:
    phrases = file.words("giving") if "giving" in file.values else ()
    return tuple(way for phrase in phrases for way in _ways_of(phrase))


def _keywords(file: TomlFile) -> dict[str, Keyword]:
    keywords: dict[str, Keyword] = {}
    for name in file.get("keywords", dict):
        if name not in set(Keyword):
            raise file.error(f"keywords.{name}", "is no keyword")
        for word in file.words(name, file.values["keywords"]):
            if keywords.setdefault(word, Keyword(name)) != name:
                raise file.error(f"keywords.{name}", f"{word!r} is {keywords[word]} too")
    return keywords


def _numbered(
    file: TomlFile, key: str, within: Mapping[str, Any] | None = None
) -> dict[str, Decimal]:
    numbered = {}
    for written, value in file.get(key, dict, within).items():
        for word in _ways_of(written):
            if type(value) not in {int, str} or normalise(word) != word:
                what = 'must be a word in small letters and a number, "1.5"'
                raise file.error(f"{key}.{written}", what)
            try:
                numbered[folded(word, file.folds)] = parse_amount(str(value))
            except DoseError as error:
                raise file.error(f"{key}.{written}", str(error)) from error
    return numbered


_CHOICE = re.compile(r"\(([^()]*)\)")


def _ways_of(written: str) -> Iterator[str]:
    """Yield each way of saying *written*: "(|a bit) more" is "more" and "a bit more"."""
    parts = _CHOICE.split(written)  # what stands between choices, and every second time a choice
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    for way in product(*choices):
        yield " ".join("".join(way).split())


def _questions(file: TomlFile, key: str, also: Collection[str] = ()) -> list[str]:
    names = list(file.get(key, dict))
    if unknown := set(names).difference(Question, also):
        raise file.error(f"{key}.{min(unknown)}", "is no question")
    return names


def _by_question(file: TomlFile, key: str) -> dict[str, dict[str, Decimal]]:
    return {name: _numbered(file, name, file.values[key]) for name in _questions(file, key)}


def load_lexicon(root: Path, tag: str) -> Lexicon:
    """Return the danger phrases of *tag* from ``messages/vocabulary``.

    Raises:
        WordsError: the file is missing or wrong.
    """
    path = root / f"danger.{tag}.toml"
    return _lexicon_of(_Words(read_words(path), path))


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands in a file: the same words are the same wherever the file is."""

    text: str
    path: Path = field(compare=False)


@lru_cache(maxsize=8)
def _lexicon_of(words: _Words) -> Lexicon:
    # Thousands of phrases: the same words are put together once.
    file = TomlFile.parsed(words.path, words.text).folding()
    categories = tuple(
        _category(file, name, values) for name, values in file.tables(file.get("categories", dict))
    )
    if not categories:
        raise file.error("categories", "must hold at least one")
    guarded = file.words("guarded")
    if short := [word for word in guarded if len(word) < SHORTEST_GUARDED]:
        raise file.error("guarded", f"{short[0]!r} is too short")
    try:
        return Lexicon(
            categories=categories,
            negations=frozenset(file.words("negations")),
            carriers=frozenset(file.words("carriers")),
            negations_after=frozenset(file.words("negations_after")),
            negations_within=frozenset(file.words("negations_within")),
            idioms=file.words("idioms"),
            folds=file.folds,
            reviewer=_reviewer(file),
            respellings=_respellings(file),
            guarded=guarded,
            other_words=frozenset(file.words("other_words")),
            groups=_groups(file),
            endings=_endings(file),
            runs_together=file.values.get("runs_together") is True,
        )
    except PhraseError as error:
        raise file.error("phrases", str(error)) from error


def _reviewer(file: TomlFile) -> str:
    """Return who has read the phrases; empty while their status is still draft."""
    status, reviewer = file.get("status", str), file.get("reviewer", str)
    if status not in {"draft", "reviewed"}:
        raise file.error("status", "must be draft or reviewed")
    return str(reviewer) if status == "reviewed" else ""


def _respellings(file: TomlFile) -> dict[str, str]:
    respellings: dict[str, str] = file.get("respellings", dict)
    for word, meant in respellings.items():
        if not isinstance(meant, str) or not meant or normalise(word + meant) != word + meant:
            raise file.error(f"respellings.{word}", "must be a word and what it means")
        if len(word) == 1:  # a letter may be part of a word that is spelt out: d i e
            raise file.error(f"respellings.{word}", "must not be a single letter")
    return {
        folded(word, file.folds): folded(meant, file.folds) for word, meant in respellings.items()
    }


def _groups(file: TomlFile) -> dict[str, tuple[str, ...]]:
    """Return the words that may stand for each group's name; a language may have none."""
    values = {"groups": {}, **file.values}
    groups = file.get("groups", dict, values)
    return {name: file.words(name, groups) for name in groups}


def _endings(file: TomlFile) -> dict[str, str]:
    values = {"endings": {}, **file.values}
    endings = file.get("endings", dict, values)
    return {short: file.get(short, str, endings) for short in endings}


def _category(file: TomlFile, name: str, values: Mapping[str, Any]) -> Category:
    where = f"categories.{name}"
    urgency = str(values.get("urgency", "")).upper()
    if urgency not in Urgency.__members__:
        raise file.error(f"{where}.urgency", "must be emergency, urgent or soon")
    phrases = file.words("phrases", values)
    if not phrases:
        raise file.error(f"{where}.phrases", "must hold at least one")
    negatable = file.get("negatable", bool, values)
    wide, paging = (file.words(width, {width: [], **values}) for width in ("wide", "paging"))
    return Category(name, Urgency[urgency], phrases, negatable, wide=wide, paging=paging)
