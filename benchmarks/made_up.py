"""Texts that nobody wrote: replies from ``tests/data`` with noise, and plain garbage.

The same seed makes the same texts.
"""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDINGS = ("", "", "", "", "!", "!!", ".", " x", " xx", " thanks", " 👍", "…", " 😭😭", "\n")
SIGNS = "0123456789 ./-,:;½¼٧۷oOlLI()+'\"*~=<>&%\n\t\u200b\u200f\ufe0f\u20e3🔟⑦²"
"""What numbers are made of, and what is taken for it."""
LONGEST = 3_000
"""Letters: twice what the longest text can carry."""


class MadeUp:
    """Makes up texts by chance."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self._replies = _replies()
        self._words = _words()
        self._makers: dict[Callable[[], str], int] = {
            self.reply: 5,
            self._two_replies: 5,
            self._words_and_numbers: 5,
            self._signs: 5,
            self._any_letters: 3,
            self._controls: 2,
            self._long: 1,
        }

    def reply(self) -> str:
        """Return what a patient may write."""
        text = self._chance.choice(self._replies)
        if self._chance.random() < 0.2:
            text = self._misspelt(text)
        if self._chance.random() < 0.1:
            text = self._chance.choice((text.upper(), text.title(), text.swapcase()))
        return text + self._chance.choice(ENDINGS)

    def anything(self) -> str:
        """Return what nobody would write, or somebody might."""
        [make] = self._chance.choices(list(self._makers), list(self._makers.values()))
        return make()

    def _misspelt(self, text: str) -> str:
        at = self._chance.randrange(len(text) + 1)
        letter = text[at : at + 1]
        return text[:at] + self._chance.choice(("", letter * 2, letter * 4, "x")) + text[at + 1 :]

    def _two_replies(self) -> str:
        between = self._chance.choice((" ", ", ", "\n", " not ", " and ", "", "\0"))
        return between.join((self.reply(), self.reply()))

    def _words_and_numbers(self) -> str:
        pieces = self._chance.choices(self._words, k=self._chance.randint(1, 12))
        for _ in range(self._chance.randint(0, 3)):
            number = str(self._chance.choice((self._chance.randint(0, 12), 6.5, 10**20)))
            pieces.insert(self._chance.randint(0, len(pieces)), number)
        return " ".join(pieces)

    def _signs(self) -> str:
        return "".join(self._chance.choices(SIGNS, k=self._chance.randint(0, 40)))

    def _any_letters(self) -> str:
        # Lone surrogates too: a gateway may hand on anything.
        top = self._chance.choice((0x100, 0x3000, 0x110000))
        return "".join(chr(self._chance.randrange(top)) for _ in range(self._chance.randint(0, 60)))

    def _controls(self) -> str:
        return "".join(
            letter + chr(self._chance.randrange(32)) * self._chance.randint(0, 2)
            for letter in self.reply()
        )

    def _long(self) -> str:
        piece = self._chance.choice((self.reply, self._signs, self._any_letters))() or " "
        return (piece * LONGEST)[: self._chance.randint(160, LONGEST)]


def _replies() -> list[str]:
    """Return every reply that a test has a label for, in all languages."""
    found = []
    for path in sorted((ROOT / "tests" / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [row["reply"] for row in csv.DictReader(file) if row.get("reply")]
    return found


def _words() -> list[str]:
    """Return every word of every vocabulary."""
    files = sorted((ROOT / "messages" / "vocabulary").glob("*.toml"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    return sorted({word for text in texts for word in re.findall(r"[^\W\d_]+(?:'\w+)*", text)})
