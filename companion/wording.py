"""All words for people: texts by key and language, resources, protocols, vocabularies.

English stands in ``messages/*.toml``; translations are gettext catalogues whose key is
the English text itself, so that changed English disarms its translations. Everything is
checked when it is loaded: a language that lacks a text cannot be chosen, and a file with
a mistake stops the start.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from companion.core.conversation import question_key
from companion.core.phrases import Lexicon
from companion.core.protocols import Protocol
from companion.core.reading.readings import Vocabulary
from companion.core.signposting import Resource
from companion.core.sms_text import segments
from companion.leaflet import (
    FixedWords,
    Said,
    Section,
    Tongue,
    load_fixed_words,
    load_leaflet,
    say,
)
from companion.protocol_files import load_protocols
from companion.resource_files import load_resources
from companion.right_to_left import kept_in_order, numbers_kept_in_order
from companion.vocabulary import TomlFile, WordsError, load_lexicon, load_vocabulary

ENGLISH = "en-GB"
TEXT_FILES = ("conversation.toml", "crisis.toml")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
CARRIER_WORDS = re.compile(
    r"\b(STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT|YES|UNSTOP)\b"
)
"""Words that a carrier acts on: a text holds one only where its file says so."""

LONGEST_TEAM, LONGEST_HOURS, LONGEST_PHONE = 30, 40, 16
"""Letters of what a team says of itself; more would not fit the texts."""
LONGEST_TITLE, LONGEST_ADDRESS = 40, 100
LONGEST_VALUES = {
    "team": "M" * LONGEST_TEAM,
    "hours": "M" * LONGEST_HOURS,
    "team_phone": "0" * LONGEST_PHONE,
    "day": "Wed 30 Sept",
    "title": "M" * LONGEST_TITLE,
    "address": "m" * LONGEST_ADDRESS,
    "question": "M" * 125,
    "call": "M" * 36,
    "low": "00",
    "high": "00",
    "code": "000 000",
    "number": "00000.000",
    "amount": "00000.000 microgram/hour",
    "amounts": "morning 1000 mg, midday 1000 mg, evening 1000 mg, night 1000 mg",
}
"""The longest that each placeholder may become, to hold texts to their segments."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in English, with what a translator must know."""

    key: str
    english: str
    note: str
    max_segments: int
    detailed: bool = False
    """Whether it names a dose: only for patients who chose detailed texts."""

    @property
    def names(self) -> frozenset[str]:
        """The placeholders in it."""
        return _names_in(self.english)


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the list. *status* is draft, reviewed or live."""

    tag: str
    name: str
    direction: str
    status: str


@dataclass(frozen=True)
class Wording:
    """What the service can say and understand."""

    texts: Mapping[str, Text]
    languages: tuple[Language, ...]
    resources: tuple[Resource, ...]
    protocols: Mapping[str, Protocol]
    leaflet: tuple[Section, ...]
    copies: tuple[FixedWords, ...]
    _catalogues: Mapping[str, Mapping[str, str]]
    _vocabularies: Mapping[str, Vocabulary]
    _words: Path
    _lexicons: dict[str, Lexicon]
    _offers_drafts: bool = False

    @classmethod
    def load(cls, messages: Path, translations: Path, *, drafts: bool = False) -> "Wording":
        """Load and check everything.

        With *drafts* a language may be chosen that no clinician has reviewed yet: for
        demonstrations and tests only.

        Raises:
            WordsError: a file is missing or wrong; the message names file and key.
        """
        texts = _load_texts(messages)
        languages = _load_languages(messages)
        others = [language.tag for language in languages if language.tag != ENGLISH]
        vocabulary = messages / "vocabulary"
        return cls(
            texts=texts,
            languages=languages,
            resources=load_resources(messages, LONGEST_TITLE, LONGEST_ADDRESS),
            protocols=_with_dates(load_protocols(messages / "protocols"), texts),
            leaflet=load_leaflet(messages),
            copies=load_fixed_words(messages),
            _catalogues={tag: _load_catalogue(translations, tag) for tag in others},
            _vocabularies={lang.tag: load_vocabulary(vocabulary, lang.tag) for lang in languages},
            _words=vocabulary,
            # Long files: those of a draft wait until somebody writes in that language.
            _lexicons={
                lang.tag: load_lexicon(vocabulary, lang.tag)
                for lang in languages
                if lang.status == "live" or lang.tag == ENGLISH
            },
            _offers_drafts=drafts,
        )

    def text_for(self, key: str, language: str, **values: str) -> str:
        """Return the text of *key* in *language* with *values* put in.

        In English where the language lacks it: it was whole when the patient chose it, and
        an English answer, of the same key and so no less discreet, is better than none.

        Raises:
            KeyError: no such text, or a value is missing.
        """
        english = self.texts[key].english
        template = self._translated(english, language)
        if template is None:
            return self._filled(english, ENGLISH, values)
        return self._filled(template, language, values)

    def _filled(self, template: str, language: str, values: Mapping[str, str]) -> str:
        if self._tongue(language).direction == "rtl":
            template = numbers_kept_in_order(template)
            values = {name: kept_in_order(value) for name, value in values.items()}
        return PLACEHOLDER.sub(lambda match: values[match[1]], template)

    def lacks(self, key: str, language: str) -> bool:
        """Tell whether the text of *key* would be said in English to readers of *language*."""
        return self._translated(self.texts[key].english, language) is None

    def _translated(self, english: str, language: str) -> str | None:
        if language == ENGLISH:
            return english
        found = self._catalogues.get(language, {}).get(english)
        return found if found and _names_in(found) == _names_in(english) else None

    def leaflet_for(self, language: str) -> list[Said]:
        """Return what stands beside the doses; in English where a section is not translated."""
        return [
            self._on_paper(
                section.key, {"heading": section.heading, "text": section.text}, language
            )
            for section in self.leaflet
        ]

    def copies_for(self, language: str) -> dict[str, Said]:
        """Return the fixed words of paper; in English where a part is not translated."""
        return {part.key: self._on_paper(part.key, part.texts, language) for part in self.copies}

    def _on_paper(self, key: str, texts: Mapping[str, str], language: str) -> Said:
        def translated(english: str) -> str | None:
            return self._translated(english, language)

        return say(key, texts, translated, self._tongue(language), self._tongue(ENGLISH))

    def _tongue(self, tag: str) -> Tongue:
        directions = {language.tag: language.direction for language in self.languages}
        return Tongue(tag, directions.get(tag, "ltr"))

    def short_day(self, day: date, language: str) -> str:
        """Return *day* as people write it, such as ``Mon 23 Nov``."""
        return format_date(day, "EEE d MMM", locale=language.replace("-", "_"))

    @cached_property  # every registration asks, and it weighs every text of every language
    def choosable(self) -> tuple[Language, ...]:
        """The live languages that lack no text."""
        return tuple(
            language
            for language in self.languages
            if (language.status == "live" or self._offers_drafts) and not self.faults(language.tag)
        )

    def translated(self, tag: str) -> int:
        """Return how many in a hundred of the texts *tag* has; 100 only when it has all."""
        if tag == ENGLISH:
            return 100
        there = sum(text.english in self._catalogues[tag] for text in self.texts.values())
        return 100 * there // len(self.texts)

    def faults(self, tag: str) -> list[str]:
        """Return what keeps *tag* from being chosen, a line for each text."""
        return [fault for text in self.texts.values() for fault in self._faults_of(text, tag)]

    def _faults_of(self, text: Text, tag: str) -> list[str]:
        said = text.english if tag == ENGLISH else self._catalogues[tag].get(text.english)
        if said is None:
            return [f"{text.key}: not translated"]
        if _names_in(said) != text.names:
            return [f"{text.key}: not the same placeholders as the English"]
        longest = self._filled(said, tag, LONGEST_VALUES)
        if segments(longest) > text.max_segments:
            return [f"{text.key}: {segments(longest)} segments, at most {text.max_segments}"]
        return []

    def vocabulary(self, language: str) -> Vocabulary:
        """Return the reading words of *language*; English where it left the list."""
        return self._vocabularies.get(language, self._vocabularies[ENGLISH])

    def lexicons(self, language: str) -> tuple[Lexicon, ...]:
        """Return the danger phrases to look for in what is written in *language*: English too."""
        listed = [tag for tag in (language, ENGLISH) if tag in self._vocabularies]
        return tuple(self._lexicon(tag) for tag in dict.fromkeys(listed))

    def is_reviewed(self, language: str) -> bool:
        """Tell whether a native-speaking clinician has read the danger phrases of *language*."""
        return language in self._vocabularies and bool(self._lexicon(language).reviewer)

    def _lexicon(self, tag: str) -> Lexicon:
        if tag not in self._lexicons:
            self._lexicons[tag] = load_lexicon(self._words, tag)
        return self._lexicons[tag]


def _names_in(text: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text))


def _load_texts(messages: Path) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for name in TEXT_FILES:
        file = TomlFile.load(messages / name)
        for key, values in file.tables():
            if key in texts:
                raise file.error(key, "stands twice")
            texts[key] = _text(file, key, values)
    return texts


def _text(file: TomlFile, key: str, values: Mapping[str, Any]) -> Text:
    english = file.get("text", str, values)
    left = PLACEHOLDER.sub("", english)
    if "{" in left or "}" in left:
        raise file.error(key, "braces may only hold a name, as in {day}")
    unknown = set(PLACEHOLDER.findall(english)) - set(LONGEST_VALUES)
    if unknown:
        raise file.error(key, f"unknown placeholder {min(unknown)}")
    allowed = file.get("carrier_words", list, {"carrier_words": [], **values})
    if stray := set(CARRIER_WORDS.findall(english)) - set(allowed):
        raise file.error(key, f"holds {min(stray)}, a word that carriers act on")
    return Text(
        key,
        english,
        file.get("note", str, values),
        file.get("max_segments", int, values),
        detailed=values.get("detailed") is True,
    )


def _load_languages(messages: Path) -> tuple[Language, ...]:
    file = TomlFile.load(messages / "languages.toml")
    languages = []
    for tag, values in file.tables():
        language = Language(
            tag,
            file.get("name", str, values),
            file.get("direction", str, values),
            file.get("status", str, values),
        )
        if language.direction not in {"ltr", "rtl"}:
            raise file.error(f"{tag}.direction", "must be ltr or rtl")
        if language.status not in {"draft", "reviewed", "live"}:
            raise file.error(f"{tag}.status", "must be draft, reviewed or live")
        languages.append(language)
    if ENGLISH not in file.values:
        raise file.error(ENGLISH, "must be in the list")
    return tuple(languages)


def _with_dates(protocols: dict[str, Protocol], texts: Mapping[str, Text]) -> dict[str, Protocol]:
    """Return *protocols*, each of which begins with a text that names its day.

    A text may come late: what it asks about must stand in it.
    """
    for name, protocol in protocols.items():
        first = texts.get(question_key(protocol.questions[0]))
        if first is None or "day" not in first.names:
            raise WordsError(
                f"{name}.toml: questions: {name}: the first question must name {{day}}"
            )
    return protocols


def _load_catalogue(translations: Path, tag: str) -> dict[str, str]:
    path = translations / tag.replace("-", "_") / "LC_MESSAGES" / "patient.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
