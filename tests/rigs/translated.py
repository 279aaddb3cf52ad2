"""Languages of a test's own: Hebrew, read from the right, and Finnish, with stand-ins for words."""

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from companion.catalogues import patient_messages
from companion.wording import Wording

ROOT = Path(__file__).parents[2]
MARKS = {"he": "ש", "fi": "ä"}
"""A letter of each language, before the English: what stands without it was not translated."""
DIRECTIONS = {"he": "rtl", "fi": "ltr"}
LABELS = {"{number} mg", "{number} ml", "{number} microgram/hour"}
"""As the label writes them, in every language."""


def stand_in(tag: str, english: str) -> str:
    """Return what stands for *english* in a language."""
    return english if english in LABELS else MARKS[tag] + english


def translated_wording(
    folder: Path, *, left_out: Collection[str] = (), instead: Mapping[str, str] | None = None
) -> Wording:
    """Return our words with both languages, but for what is *left_out* or put *instead*."""
    messages = Path(shutil.copytree(ROOT / "messages", folder / "messages"))
    english = [text for text, _note in patient_messages(Wording.load(messages, folder))]
    for tag, direction in DIRECTIONS.items():
        with (messages / "languages.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'\n[{tag}]\nname = "{tag}"\ndirection = "{direction}"\n'
                'status = "draft"\nreviewer = "nobody"\n'
            )
        for name in ("{}.toml", "danger.{}.toml"):
            words = messages / "vocabulary"
            shutil.copy(words / name.format("en-GB"), words / name.format(tag))
        catalogue = Catalog(locale=tag, domain="patient", charset="utf-8")
        for text in english:
            if text not in left_out:
                catalogue.add(text, (instead or {}).get(text, stand_in(tag, text)))
        path = folder / "translations" / tag / "LC_MESSAGES"
        path.mkdir(parents=True)
        with (path / "patient.po").open("wb") as file_of_words:
            write_po(file_of_words, catalogue)
    return Wording.load(messages, folder / "translations")
