"""``companion read`` and ``screen``: replies in CSV, row by row, each with what was found in it.

Names and values of columns are promises to other programs. One row is held at a time, so
that a million need no more memory than a thousand.

What is broken stops nothing as long as rows can be told apart: bytes that are no UTF-8
are passed on as they are and count as signs that mean nothing, and a row with more or
fewer fields than the header has is for a person, because nobody knows which field is the
reply. Where a quote is missing, rows cannot be told apart, and the file is refused there.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from companion.core.doses import DoseError, parse_amount, plain
from companion.core.phrases import Lexicon
from companion.core.questions import Question
from companion.core.reading.answers import read, read_yes_no
from companion.core.reading.readings import Care, Keyword, Reading, ReadingKind, Vocabulary
from companion.core.screening import screen
from companion.core.triage import most_tablets
from companion.core.urgency import Urgency
from companion.reply_totals import Totals, shown
from companion.wording import ENGLISH, Wording

LONGEST_FIELD = 1_000_000
"""Letters of one field; more is a quote that nobody closed."""
ANY = "any"
"""Stands for a question where none is open."""
AGREED = "agreed"
"""Did they take it as agreed, yes or no? Never asked by us, answered all the same."""

_NO_UTF8 = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8, as ``surrogateescape`` hands them on."""
_NOTHING = "\ufffd"


class ReplyFileError(ValueError):
    """A file that cannot be understood. The message names the column or the row."""


class Answerer(Protocol):
    """What is asked of each row."""

    needs: tuple[str, ...]
    """Columns that must be there."""
    uses: tuple[str, ...]
    """Columns that are looked at."""
    adds: tuple[str, ...]
    """Columns of the answer."""

    def answer(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return the added columns.

        Raises:
            ReplyFileError: a column holds what it may not.
        """

    def answer_broken(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Return the added columns of a row that has not the fields of the header."""

    def in_full(self, answer: tuple[str, ...]) -> str:
        """Return the most that a label may say of *answer*."""

    def totals(self) -> Totals:
        """Return what counts its answers, at nothing."""


def answered(
    lines: Iterable[str], answerer: Answerer, totals: Totals, *, expected: str | None = None
) -> Iterator[list[str]]:
    """Yield the header of *lines* and every row, with the columns of *answerer* added.

    *expected* names the column that *totals* compares with the answer.

    Raises:
        ReplyFileError: it cannot be understood; what came before was yielded.
    """
    records = _records(lines)
    _line, header = next(records, (1, []))
    _check_header(header, answerer, expected)
    width, compared = len(header), None if expected is None else header.index(expected)
    yield [*header, *answerer.adds]
    for number, (line, fields) in enumerate(records, start=1):
        where, whole = f"row {number} (line {line})", len(fields) == width
        try:
            answer = _answer(answerer, header, fields)
        except ReplyFileError as error:
            raise ReplyFileError(f"{where}: {error}") from error
        totals.add(where, answer, whole=whole)
        within = [*fields[:width], *[""] * (width - len(fields))]
        if compared is not None:
            totals.compare(where, within[compared], answerer.in_full(answer))
        yield [*within, *answer, *fields[width:]]


def _answer(answerer: Answerer, header: list[str], fields: list[str]) -> tuple[str, ...]:
    readable = [_readable(field) for field in fields]
    if len(fields) != len(header):
        return answerer.answer_broken(readable)
    return answerer.answer(dict(zip(header, readable, strict=True)))


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that is not blank, with the line it begins on."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(lines, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise ReplyFileError(
                f"line {line}: a row begins here that is no CSV, is a quote missing? ({error})"
            ) from error
        if fields is None:
            return
        if fields:
            yield line, fields


def _check_header(header: list[str], answerer: Answerer, expected: str | None) -> None:
    if _NO_UTF8.search("".join(header)):
        raise ReplyFileError("line 1: the header is no UTF-8")
    for name in answerer.adds:
        if name in header:
            raise ReplyFileError(f"{name}: the file has this column, which is for the answer")
    compared = () if expected is None else (expected,)
    for name in (*answerer.needs, *compared):
        if name not in header:
            there = shown(", ".join(header)) or "the file is empty"
            raise ReplyFileError(f"{shown(name)}: there is no such column: {there}")
    for name in (*answerer.uses, *compared):
        if header.count(name) > 1:
            raise ReplyFileError(f"{shown(name)}: two columns have this name")


def _readable(field: str) -> str:
    return field if field.isascii() else _NO_UTF8.sub(_NOTHING, field)


class _Languages:
    """Finds the language that a tag means."""

    def __init__(self, tags: Iterable[str]) -> None:
        self._tags = {tag.casefold(): tag for tag in tags}

    def named(self, asked: str) -> str:
        """Return the tag of ours that *asked* means: ``en`` is en-GB, ``pl-PL`` is pl.

        Raises:
            ReplyFileError: we have no such language.
        """
        tag = asked.casefold()
        while tag:
            if tag in self._tags:
                return self._tags[tag]
            for ours, found in self._tags.items():
                if ours.startswith(f"{tag}-"):
                    return found
            tag = tag.rpartition("-")[0]
        raise ReplyFileError(f"language: there is no {shown(asked)!r}")


# --- companion read -----------------------------------------------------------------------

_OF_CARE = {Care.NONE: "accept", Care.CONFIRM: "confirm", Care.PERSON: "person"}
_OF_KEYWORD = {
    Keyword.STOP: "opt_out",
    Keyword.START: "opt_in",
    Keyword.HELP: "help",
    Keyword.WRONG: "person",
}
_QUESTIONS = {ANY: None, **{str(question): question for question in Question}}
_ASKED_AGAIN = frozenset({ReadingKind.OUT_OF_RANGE, ReadingKind.UNCLEAR})
_YES_NO = frozenset({ReadingKind.YES, ReadingKind.NO})


def row_of(reading: Reading, *, takes_yes_no: bool = False) -> tuple[str, str, str]:
    """Return kind, value and action: what the columns of ``read`` say of *reading*.

    *takes_yes_no* is whether a yes or a no answers the question; a number is asked for else.
    """
    return str(reading.kind), _value(reading), _action(reading, takes_yes_no=takes_yes_no)


def _value(reading: Reading) -> str:
    if reading.keyword is not None:
        return str(reading.keyword)
    return "-".join(plain(end) for end in (reading.value, reading.high) if end is not None)


def _action(reading: Reading, *, takes_yes_no: bool) -> str:
    if reading.keyword is not None:
        return _OF_KEYWORD.get(reading.keyword, "accept")
    if reading.kind is ReadingKind.FREE_TEXT:
        return "person"
    if reading.kind in _ASKED_AGAIN or (reading.kind in _YES_NO and not takes_yes_no):
        return "ask_again"
    return _OF_CARE[reading.care]


class Reader:
    """Says what a reply means."""

    needs: tuple[str, ...] = ("language", "question", "reply")
    uses: tuple[str, ...] = (*needs, "agreed_per_day")
    adds: tuple[str, ...] = ("kind", "value", "action")

    def __init__(self, wording: Wording) -> None:
        tags = [language.tag for language in wording.languages]
        self._languages = _Languages(tags)
        self._vocabularies = {tag: wording.vocabulary(tag) for tag in tags}

    def answer(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return kind, value and action.

        Raises:
            ReplyFileError: there is no such language or question, or no such amount.
        """
        vocabulary = self._vocabularies[self._languages.named(row["language"])]
        if row["question"] == AGREED:
            return row_of(read_yes_no(row["reply"], vocabulary), takes_yes_no=True)
        return row_of(_reading(row, vocabulary))

    def answer_broken(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Return that a person must look."""
        return str(ReadingKind.UNCLEAR), "", "person"

    def in_full(self, answer: tuple[str, ...]) -> str:
        """Return kind and value, such as ``number 7``."""
        return " ".join(answer[:2]).strip()

    def totals(self) -> Totals:
        """Return what counts kinds and actions."""
        return Totals({0: "kind", 2: "action"}, tuple(map(str, ReadingKind)))


def _reading(row: Mapping[str, str], vocabulary: Vocabulary) -> Reading:
    name, most = row["question"], None
    if name not in _QUESTIONS:
        raise ReplyFileError(f"question: there is no {shown(name)!r}")
    question = _QUESTIONS[name]
    if question is Question.TABLETS:
        try:
            agreed = row.get("agreed_per_day", "")
            most = most_tablets(parse_amount(agreed) if agreed else None)
        except DoseError as error:
            raise ReplyFileError(f"agreed_per_day: {error}") from error
    return read(row["reply"], question, vocabulary, most_tablets=most)


# --- companion screen ---------------------------------------------------------------------


class Screener:
    """Says how soon a reply needs a person, and why."""

    needs: tuple[str, ...] = ("reply",)
    uses: tuple[str, ...] = ("reply", "language")
    adds: tuple[str, ...] = ("urgency", "categories", "why")

    def __init__(self, wording: Wording) -> None:
        tags = [language.tag for language in wording.languages]
        self._languages = _Languages(tags)
        self._lexicons = {tag: wording.lexicons(tag) for tag in tags}

    def answer(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """Return urgency, categories and why.

        Raises:
            ReplyFileError: there is no such language.
        """
        tag = self._languages.named(row.get("language") or ENGLISH)
        return _screened(row["reply"], self._lexicons[tag])

    def answer_broken(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Return what all fields say, in whichever language."""
        every = [lexicons[0] for lexicons in self._lexicons.values()]
        return _screened(", ".join(fields), every)

    def in_full(self, answer: tuple[str, ...]) -> str:
        """Return the urgency."""
        return answer[0]

    def totals(self) -> Totals:
        """Return what counts urgencies and categories."""
        urgencies = tuple(urgency.name.lower() for urgency in sorted(Urgency, reverse=True))
        return Totals({0: "urgency", 1: "categories"}, urgencies)


def _screened(text: str, lexicons: Sequence[Lexicon]) -> tuple[str, str, str]:
    found = screen(text, lexicons)
    return found.urgency.name.lower(), ";".join(found.categories), found.why
