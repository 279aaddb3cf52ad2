"""One way of writing a text, so that words and numbers can be looked up in it.

What the patient wrote is kept as it came; this makes a copy for reading only. It never
makes a number out of what was none: signs that only look like digits are set apart.
"""

import re
import unicodedata
from collections.abc import Mapping

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
"""A word of letters, in a text in normal form: "don't" is one."""
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_KEYCAP_MARKS = dict.fromkeys(map(ord, "\ufe0f\ufe0e\u20e3"))
_REWRITTEN = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´ʹ", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"),
        "٫": ".",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "۔": ". ",
        "।": ". ",
        "🔟": " 10 ",
    }
)
NO_NUMBER = "⁄"
"""Stands beside a sign that means a number which is not its digits: ⅓, ⁷."""


def normalise(text: str) -> str:
    """Return *text* in plain small letters and ASCII digits, spaces single, ends trimmed."""
    return plain(text).casefold()


def plain(text: str) -> str:
    """Return *text* with ASCII digits and single spaces, letters large and small as they were.

    Line ends stay, because they end a thought; other control letters and invisible
    marks go. Total: every string has a plain form, and time grows with its length only.
    """
    if not text.isascii():
        text = _spell_fractions(text.translate(_REWRITTEN)).translate(_KEYCAP_MARKS)
        text = "".join(map(_compatible, text))
        text = "".join(map(_plain_letter, unicodedata.normalize("NFKC", text)))
    text = text.translate(_REWRITTEN)
    lines = (" ".join(line.translate(_CONTROLS).split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


_CONTROLS = dict.fromkeys([*range(10), *range(11, 32), 127], " ")


def folded(text: str, folds: Mapping[int, str]) -> str:
    """Return *text*, in normal form, with letters that people leave out or mix up made one.

    Polish is texted without its marks as often as with them; Arabic letters have twins.
    """
    return text.translate(folds) if folds else text


_LOOK_ALIKES = str.maketrans("авеікмнорстухѕјԁαεικνορτυχ", "abeikmhopctyxsjdaeikvoptux")
_LATIN = re.compile(r"[a-z]")
_ANY_WORD = re.compile(r"\w+")


def look_alikes_resolved(text: str) -> str:
    """Return *text* with Cyrillic and Greek letters inside Latin words made the Latin ones.

    Only in words that hold Latin letters too: a word that is all Cyrillic is left alone.
    """
    if text.isascii():
        return text
    return _ANY_WORD.sub(_resolved, text)


def _resolved(word: re.Match[str]) -> str:
    return word[0].translate(_LOOK_ALIKES) if _LATIN.search(word[0]) else word[0]


def _spell_fractions(text: str) -> str:
    # NFKC would make "1½" into "11/2", eleven halves.
    for sign, decimals in _FRACTIONS.items():
        if sign in text:
            text = re.sub(rf"(\d)\s?{sign}", rf"\g<1>{decimals}", text)
            text = text.replace(sign, f" 0{decimals} ")
    return text


def _compatible(letter: str) -> str:
    """Set apart what NFKC would glue to the digits beside it: 7², 7⅓, ⑦."""
    value = unicodedata.numeric(letter, None)
    if value is None or letter.isdecimal() or letter.isalpha():
        return letter
    if "CIRCLED" in unicodedata.name(letter, ""):
        return f" {letter} "
    return f" {NO_NUMBER}{letter}{NO_NUMBER} "


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    category = unicodedata.category(letter)
    if category in {"Cf", "Mn", "Cs"}:
        return ""
    return " " if category.startswith(("C", "Z")) else letter
