"""A question that an organisation asks itself: a number, a choice, or words for a person.

It is never weighed by a rule: what was answered stands on the patient's page, and words are
read by a person like all others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from companion.core.discreet import tells_of_medicines
from companion.core.questions import OWN, Question, Scale
from companion.core.sms_text import segments

MOST_SEGMENTS = 2
LONGEST_NAME = 30
HIGHEST = 100


class OwnKind(StrEnum):
    """How an organisation's own question is answered. Values are stored; never rename one."""

    NUMBER = "number"
    CHOICE = "choice"
    """The text says what 1, 2, 3 stand for."""
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """One question of one organisation. *texts* are by language tag."""

    slot: Question
    name: str
    """What staff call it, in a word or two."""
    kind: OwnKind
    low: int
    high: int
    protocols: frozenset[str]
    texts: Mapping[str, str]

    @property
    def scale(self) -> Scale | None:
        """The numbers that answer it; None where words do."""
        if self.kind is OwnKind.WORDS:
            return None
        return Scale(self.low, self.high, halves=False, ranges=self.kind is OwnKind.NUMBER)

    def text_in(self, tag: str) -> str:
        """Return its words in a language, or in one that it has: it was asked in that before."""
        return self.texts.get(tag) or next(iter(self.texts.values()))

    def faults(self, known_languages: frozenset[str], known_protocols: frozenset[str]) -> list[str]:
        """Return why it cannot be asked, a line each."""
        faults = []
        if not 0 < len(self.name.strip()) <= LONGEST_NAME:
            faults.append(f"Give it a name of {LONGEST_NAME} letters or fewer")
        if self.slot not in OWN:
            faults.append("There are three questions of your own at most")
        if self.kind is not OwnKind.WORDS and not 0 <= self.low < self.high <= HIGHEST:
            faults.append(f"The numbers must go up, from 0 or more to {HIGHEST} at most")
        if not self.protocols or self.protocols - known_protocols:
            faults.append("Choose when it is asked")
        if not self.texts or set(self.texts) - known_languages:
            faults.append("Write the question in at least one language")
        return faults + [fault for text in self.texts.values() for fault in _faults_of(text)]


def _faults_of(text: str) -> list[str]:
    if "{" in text or "}" in text:
        return ["A question cannot hold braces"]
    if tells_of_medicines(text):
        return ["Leave out medicines and doses: anybody may read it on the phone"]
    if segments(text) > MOST_SEGMENTS:
        return [f"A question may take {MOST_SEGMENTS} segments: make it shorter"]
    return []
