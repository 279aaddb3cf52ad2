"""The words on a patient's paper, from ``messages/``: fixed words, and sections beside the doses.

A section is wholly in one language: one of its texts without a translation keeps all of it in
English.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.dates import format_date

from companion.team_hours import hours_in
from companion.vocabulary import TomlFile

Translated = Callable[[str], str | None]
"""Gives an English text in a language; None where no translation of it can be used."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section beside the doses in English, with where its facts are from."""

    key: str
    heading: str
    text: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class FixedWords:
    """One part of the copies in English: its texts by name, and what a translator must know."""

    key: str
    texts: Mapping[str, str]
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tongue:
    """What paper is printed in: a language and the direction it is read in."""

    tag: str
    direction: str

    def day(self, value: date) -> str:
        """Return a day such as ``Mon 4 Jan 2027``."""
        return self._written(value, "EEE d MMM yyyy")

    def short_day(self, value: date) -> str:
        """Return a day for a box of the calendar, such as ``4 Jan``."""
        return self._written(value, "d MMM")

    def day_in_picture(self, value: date) -> str:
        """Return a day for the foot of a picture; in figures where words go from the right.

        In a drawing on a PDF such words come out with their letters turned around.
        """
        return self._written(value, "d/M" if self.direction == "rtl" else "d MMM")

    def weekday(self, value: date) -> str:
        """Return a day of the week such as ``Mon``."""
        return self._written(value, "EEE")

    def hours(self, written: str) -> str:
        """Return a team's hours, as far as they can be said in the language."""
        return hours_in(written, self.tag)

    def _written(self, value: date, pattern: str) -> str:
        return str(format_date(value, pattern, locale=self.tag.replace("-", "_")))


@dataclass(frozen=True, slots=True)
class Said:
    """One section as it is printed, by the names of its texts; values are not put in yet."""

    key: str
    tongue: Tongue
    texts: Mapping[str, str]


def load_leaflet(messages: Path) -> tuple[Section, ...]:
    """Return the sections in the order of the file.

    Raises:
        WordsError: the file is missing or wrong.
    """
    file = TomlFile.load(messages / "leaflet.toml")
    return tuple(
        Section(
            key,
            *(file.get(name, str, values) for name in ("heading", "text", "note", "source")),
        )
        for key, values in file.tables()
    )


def load_fixed_words(messages: Path) -> tuple[FixedWords, ...]:
    """Return the fixed words, part by part.

    Raises:
        WordsError: the file is missing or wrong.
    """
    file = TomlFile.load(messages / "copies.toml")
    parts = []
    for key, part in file.tables():
        texts = dict(file.tables(part))
        text, note = (
            {name: file.get(what, str, values) for name, values in texts.items()}
            for what in ("text", "note")
        )
        parts.append(FixedWords(key, text, note))
    return tuple(parts)


def say(
    key: str, texts: Mapping[str, str], translated: Translated, tongue: Tongue, english: Tongue
) -> Said:
    """Return *texts* in *tongue*, or all of them in English where one is not *translated*."""
    found = {name: translated(text) for name, text in texts.items()}
    said = {name: text for name, text in found.items() if text is not None}
    return Said(key, tongue, said) if len(said) == len(found) else Said(key, english, texts)
