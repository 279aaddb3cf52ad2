"""Add up how many were taken: "2 am + 1 pm" is 3, "half a tablet" is 0.5.

Everything in the text must be known to belong to the count; a sum is read back to the
patient before it counts. Milligrams are never tablets, and nothing is divided.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from companion.core.questions import Scale
from companion.core.reading.numbers import exact, in_digits
from companion.core.reading.phrasing import compiled, pattern_of_any
from companion.core.reading.readings import UNCLEAR, Care, Reading, ReadingKind, Vocabulary

MOST_PARTS = 6
"""Numbers in one text; more are no count of a day."""
_EARLIEST_HOUR = 5
"""Fewer are more likely tablets than a time: "2 am + 1 pm"."""
_MARK = "\x00"
"""Stands where one part of a count ends. No text holds it: normalising takes it away."""
_APART = f" {_MARK} "
_TOKEN = re.compile(r"\x00|\d+(?:\.\d+)?(?![\w.]*\w)|[^\W\d_]+(?:'[^\W\d_]+)*(?!\w)|\S+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CLOCK = r"\d{1,2}(?:[:.]\d\d)? ?[ap]m"
_HOUR = re.compile(r"\d\s*[ap]m(?!\w)")
_GLUED_HOUR = re.compile(r"\d[ap]m(?!\w)")
_FIRST_OF_ALL = re.compile(r"\D*[\d.]+([^\d,:]*)[,:]")
_BEHIND_EQUALS = re.compile(r"^[^=]*=\s*(\d+(?:\.\d+)?)[^\d=]*$")
_SIGNS = re.compile(r"[.!?;:()\"'*~]+(?=\s|$)")


def count_in(said: str, scale: Scale, vocabulary: Vocabulary) -> Reading:
    """Return the count that *said*, in normal form, gives on *scale*, or unclear."""
    said = _hours_marked(in_digits(said, vocabulary), vocabulary)
    tokens = _TOKEN.findall(_in_parts(said, vocabulary))
    known = vocabulary.before | vocabulary.after | vocabulary.units
    if not all(_counts(token) or token == _MARK or token in known for token in tokens):
        return UNCLEAR
    parts = list(_parts(tokens))
    fewest, most = _times_in(said, vocabulary)
    if None in parts or not fewest <= len(parts) <= most:
        return UNCLEAR  # "2 morning and night" is two, or two and two
    if _HOUR.search(said) and (len(parts) == 1 or _GLUED_HOUR.search(said)):
        return UNCLEAR  # "2pm" is a time; "2 am + 1 pm" are parts of a day
    total = _total([part for part in parts if part is not None], tokens, said, vocabulary)
    if total is None or not _adds_up(said, len(parts), tokens, vocabulary):
        return UNCLEAR
    if not scale.holds(total):
        whole = total > scale.high and len(parts) == 1
        return Reading(ReadingKind.OUT_OF_RANGE) if whole else UNCLEAR
    reading = Reading(ReadingKind.NUMBER, total)
    return reading if len(parts) == 1 else replace(reading, care=Care.CONFIRM)


def _adds_up(said: str, parts: int, tokens: list[str], vocabulary: Vocabulary) -> bool:
    """Tell whether as many as *parts* are added, and none is still to come.

    "2+" may be more; "2. 3" may be a second thought; "2 yesterday and 3 today" are two days.
    """
    dividing = _dividing_in(in_digits(said, vocabulary), vocabulary)
    signs = sum(1 for word in dividing if word in vocabulary.plus or word in "+&")
    if parts == 1:
        return signs == 0
    added = bool(dividing) or "=" in said or not vocabulary.totals.isdisjoint(tokens)
    return added and signs < parts and vocabulary.other_days.isdisjoint(tokens)


def _total(
    parts: list[Decimal], tokens: list[str], said: str, vocabulary: Vocabulary
) -> Decimal | None:
    """Return what *parts* come to; None where one may be the sum of the others."""
    total = sum(parts, Decimal(0))
    if len(parts) == 1:
        return total
    if "=" in said or not vocabulary.totals.isdisjoint(tokens):
        return total / 2 if _stated_sums(tokens, said, vocabulary) == [total / 2] else None
    first = _FIRST_OF_ALL.match(in_digits(said, vocabulary))
    summed = first is not None and not _dividing_in(first[1], vocabulary)
    if summed or _may_be_their_sum(parts, total, said, vocabulary):
        return None  # "4 tablets, two am two pm", "2 morning 2 night so 4"
    return total


def _may_be_their_sum(
    parts: list[Decimal], total: Decimal, said: str, vocabulary: Vocabulary
) -> bool:
    """Tell whether the last of *parts*, to which no time or plus belongs, is what the others make."""
    dividing = _dividing_in(in_digits(said, vocabulary), vocabulary)
    signs = sum(1 for word in dividing if word in vocabulary.plus or word in "+&")
    each_has_its_own = len(dividing) - signs >= len(parts) or signs == len(parts) - 1
    return parts[-1:] == [total / 2] and not each_has_its_own


def _stated_sums(tokens: list[str], said: str, vocabulary: Vocabulary) -> list[Decimal]:
    """Return what somebody says is the sum: "3 in total", and what ends "2 + 1 = 3".

    "2 am 2 pm in total" and "am = 2, pm = 2" state none.
    """
    parts = [part.split() for part in " ".join(tokens).split(_MARK)]
    beside = [part for part in parts if not vocabulary.totals.isdisjoint(part)]
    stated = [token for part in beside for token in part if _counts(token)]
    return [Decimal(number) for number in stated or _BEHIND_EQUALS.findall(said)]


def _dividing_in(said: str, vocabulary: Vocabulary) -> list[str]:
    """Return the signs and words of *said* that divide a count."""
    words = pattern_of_any((*vocabulary.parts_of_day, *vocabulary.plus))
    return compiled(rf"[+&]|\x00|\d[ap]m(?!\w)|(?<!\w)(?:{words})(?!\w)").findall(said)


def without_what_is_no_count(said: str, vocabulary: Vocabulary) -> str:
    """Leave out "x 15 mg", which is how strong, and "in the last 24 hours", which was asked."""
    return _formed(vocabulary.no_counts, r"[1-9]\d*(?:\.\d+)?").sub(" ", said)


def _hours_marked(said: str, vocabulary: Vocabulary) -> str:
    """Put a mark for an hour: "at 8am" is when, as "in the morning" is."""
    before = pattern_of_any(vocabulary.clock)
    said = compiled(rf"(?<!\w)(?:{before}) {_CLOCK}(?!\w)").sub(_APART, said)
    return _formed(vocabulary.o_clock, r"\d{1,2}(?:[:.]\d\d)?").sub(_APART, said)


@cache
def _formed(phrases: tuple[str, ...], number: str) -> re.Pattern[str]:
    """Return a pattern for any of *phrases*, in which "#" stands for *number*."""
    any_of = pattern_of_any(phrases).replace(r"\#", f"(?:{number})")
    return re.compile(rf"(?<![\w.])(?:{any_of})(?![\w.]*\w)")


def _counts(token: str) -> bool:
    return _NUMBER.fullmatch(token) is not None


def _times_in(said: str, vocabulary: Vocabulary) -> tuple[int, int]:
    """Return the fewest and the most parts that a count can have, by the times it names.

    "2 at 8 and 10" is two each time: beside hours, every part has a time of its own.
    """
    of_day = pattern_of_any(vocabulary.parts_of_day)
    said = compiled(rf"{_MARK} *(?:{of_day})(?!\w)|(?<!\w)(?:{of_day}) *{_MARK}").sub(_MARK, said)
    hours, parts = said.count(_MARK), parts_of_day_in(said, vocabulary)
    return max(hours, parts), min(hours + parts if hours else MOST_PARTS, MOST_PARTS)


def may_be_an_hour(said: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a number of *said* may be the time: "8 am", "7 in the morning"."""
    of_day = pattern_of_any((*vocabulary.parts_of_day, "am", "pm"))
    beside = (
        rf"(?<![\w.])(\d{{1,2}}) (?:{of_day})(?!\w)|(?<!\w)(?:{of_day}) (\d{{1,2}})(?![\w.]| \w)"
    )
    found = compiled(beside).findall(in_digits(said, vocabulary))
    return any(_EARLIEST_HOUR <= int(one or other) <= 24 for one, other in found)


def parts_of_day_in(said: str, vocabulary: Vocabulary) -> int:
    """Return how many parts of a day *said* names; a count may be meant for each."""
    return len(
        compiled(rf"(?<!\w)(?:{pattern_of_any(tuple(vocabulary.parts_of_day))})(?!\w)").findall(
            said
        )
    )


def _in_parts(said: str, vocabulary: Vocabulary) -> str:
    """Put digits for words, and a mark where a part of the day or a plus divides the count."""
    said = _SIGNS.sub(_APART, in_digits(said, vocabulary))
    halves = pattern_of_any(tuple(vocabulary.fractions))
    said = compiled(rf"(?<!\w)(?:{halves})(?!\w)").sub(
        lambda found: str(vocabulary.fractions[found[0]]), said
    )
    said = compiled(r"\s*[+&=\n]\s*").sub(_APART, said)
    dividing = pattern_of_any((*vocabulary.parts_of_day, *vocabulary.plus))
    said = compiled(rf"(?<=\s)(?:{dividing})(?!\w)|(?<=\d)(?:am|pm)(?!\w)").sub(_APART, f" {said} ")
    # "2, 3" may be two or three; beside a plus or a part of the day a comma adds.
    return said.replace(",", _APART if _MARK in said else " ")


def _parts(tokens: list[str]) -> Iterator[Decimal | None]:
    """Yield each part of the count; None where two numbers stand in one."""
    found: Decimal | None = None
    for token in [*tokens, _MARK]:
        if token == _MARK:
            if found is not None:
                yield found
            found = None
        elif _counts(token):
            value = exact(token)
            if found is not None or value is None:
                yield None
            found = value
