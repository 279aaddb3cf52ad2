"""What stands beside the doses on a patient's printed copy: sections from ``messages/``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from companion.vocabulary import TomlFile


@dataclass(frozen=True, slots=True)
class Section:
    """One section in English, with where its facts are from."""

    key: str
    heading: str
    text: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """A section as it is printed. *in_english* where no translation of it stands."""

    key: str
    heading: str
    text: str
    in_english: bool


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


def say(
    sections: tuple[Section, ...],
    translated: Callable[[str], str | None],
    fill: Callable[[str], str],
) -> list[Said]:
    """Return every section as *translated*, or in English with that said; *fill* puts values in."""
    said = []
    for section in sections:
        heading, text = translated(section.heading), translated(section.text)
        in_english = heading is None or text is None
        if heading is None or text is None:
            heading, text = section.heading, section.text
        said.append(Said(section.key, heading, fill(text), in_english))
    return said
