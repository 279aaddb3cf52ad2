"""One way of writing a text, so that words and numbers can be looked up in it.

What the patient wrote is kept as it came; this makes a copy for reading only.
"""

import re
import unicodedata

LONGEST_READ = 10_000
"""Letters of a text that are read. Longer texts are kept whole and shown to a person."""

_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_KEYCAP_MARKS = dict.fromkeys(map(ord, "\ufe0f\ufe0e\u20e3"))
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"'})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def normalise(text: str) -> str:
    """Return *text* in plain small letters and ASCII digits, spaces single, ends trimmed.

    Line ends stay, because they end a thought; other control letters and invisible
    marks go. Total: every string has a normal form.
    """
    text = text[:LONGEST_READ].translate(_QUOTES).translate(_DASHES)
    text = _spell_fractions(text).replace("🔟", "10").translate(_KEYCAP_MARKS)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(map(_plain_letter, text))
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _spell_fractions(text: str) -> str:
    # NFKC would make "1½" into "11/2", eleven halves.
    for sign, decimals in _FRACTIONS.items():
        text = re.sub(rf"(\d)\s?{sign}", rf"\g<1>{decimals}", text)
        text = text.replace(sign, f"0{decimals}")
    return text


def _plain_letter(letter: str) -> str:
    if letter == "\n":
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    category = unicodedata.category(letter)
    if category in {"Cf", "Mn", "Cs"}:
        return ""
    return " " if category.startswith(("C", "Z")) else letter
