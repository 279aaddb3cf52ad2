"""Whether words would tell whoever picks up a phone that its owner takes opioids."""

import re

from companion.core.medicines import CATALOGUE

_OF_MEDICINES = (
    "addict\\w*", "codeine", "dose", "doses", "drug", "drugs", "medication", "medicine",
    "medicines", "opiate\\w*", "opioid\\w*", "painkiller\\w*", "tablet", "tablets", "taper\\w*",
    "withdrawal",
)  # fmt: skip
_DRUGS = {word for drug in CATALOGUE for word in re.findall(r"\w{6,}", drug.name.lower())}
_AMOUNT = r"\d+(?:[.,]\d+)?\s*(?:mg|mcg|micrograms?|milligrams?)"
_TELLING = re.compile(rf"\b(?:{'|'.join([*_OF_MEDICINES, *sorted(_DRUGS)])}|{_AMOUNT})\b")


def tells_of_medicines(words: str) -> bool:
    """Tell whether *words* name a medicine, an amount of one, or what it is taken for."""
    return _TELLING.search(words.lower()) is not None
