"""Numbers and names keep their own order in words that are read from the right.

After a word in Urdu a phone would show 01632 960001 as 960001 01632, and 116 123 as 123 116.
A left-to-right mark (U+200E) before a number with gaps keeps it whole, and so does one at
each end of a value that has no letter there; every phone knows it (Unicode Standard Annex 9,
rules W2, W7 and N1).
"""

import re
import unicodedata

NUMBER_WITH_GAPS = re.compile(r"(\d+(?: \d+)+)")
_MARK = "\u200e"
_FROM_THE_RIGHT = frozenset({"R", "AL"})


def is_from_the_right(text: str) -> bool:
    """Tell whether *text* holds a letter that is read from the right."""
    return any(unicodedata.bidirectional(letter) in _FROM_THE_RIGHT for letter in text)


def kept_in_order(value: str) -> str:
    """Return *value* so that words from the right around it do not turn it around."""
    if not value or value.isdigit() or is_from_the_right(value):
        return value
    before = "" if value[0].isalpha() else _MARK
    return f"{before}{value}{'' if value[-1].isalnum() else _MARK}"


def numbers_kept_in_order(words: str) -> str:
    """Return *words* with every number that has gaps kept in order."""
    return NUMBER_WITH_GAPS.sub(rf"{_MARK}\1", words)
