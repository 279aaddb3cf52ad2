"""Bring the templates for translators up to date: patients' texts and staff pages.

Run by ``make translations``. A test holds what stands in ``translations/`` against what
these functions find.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from companion.config import ROOT
from companion.wording import Wording

STAFF_SOURCES = [
    ("**/web/**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
JINJA = {"trimmed": "true", "silent": "false"}
OPTIONS = {"**/templates/**.html": JINJA, "**/templates/**.txt": JINJA}
KEYWORDS = {"_": None, "_l": None, "gettext": None}


def patient_messages(wording: Wording) -> Iterator[tuple[str, str]]:
    """Yield each English text for patients with its note for translators."""
    for text in wording.texts.values():
        yield text.english, f"{text.key}: {text.note} At most {text.max_segments} segments."
    for section in wording.leaflet:
        yield section.heading, f"{section.key}: a heading of the printed copy."
        yield section.text, f"{section.key}: on the printed copy. {section.note}".strip()
    for part in wording.copies:
        for name, english in part.texts.items():
            yield english, f"{part.key}.{name}: on paper. {part.notes[name]}"


def staff_messages() -> Iterator[str]:
    """Yield each English sentence of the staff pages."""
    found = extract_from_dir(
        str(ROOT / "companion"), STAFF_SOURCES, options_map=OPTIONS, keywords=KEYWORDS
    )
    for _file, _line, message, _comments, _context in found:
        assert isinstance(message, str)
        yield message


def patient_catalogue(wording: Wording) -> Catalog:
    """Return the template for translating patients' texts."""
    catalogue = _empty("patient")
    for english, note in patient_messages(wording):
        catalogue.add(english, auto_comments=[note])
    return catalogue


def staff_catalogue() -> Catalog:
    """Return the template for translating staff pages."""
    catalogue = _empty("staff")
    for message in staff_messages():
        catalogue.add(message)
    return catalogue


def _empty(domain: str) -> Catalog:
    return Catalog(project="Tapering Companion", domain=domain, charset="utf-8")


def ids_in(file: Path) -> set[str]:
    """Return the English sentences in a template or a translation."""
    with file.open("rb") as opened:
        return {str(message.id) for message in read_po(opened) if message.id}


def main(folder: Path = ROOT / "translations") -> None:
    """Write both templates into *folder*."""
    wording = Wording.load(ROOT / "messages", ROOT / "translations")
    folder.mkdir(exist_ok=True)
    for catalogue in (patient_catalogue(wording), staff_catalogue()):
        with (folder / f"{catalogue.domain}.pot").open("wb") as file:
            write_po(file, catalogue, sort_output=True, omit_header=True, width=100)


if __name__ == "__main__":
    main()
