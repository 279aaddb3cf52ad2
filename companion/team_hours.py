"""A team's hours in the patient's language.

Staff write them as they like. Those written as ``Mon to Fri, 9am to 5pm`` are said in any
language; all others stand in every text as they were written.
"""

import re
from datetime import time

from babel import Locale
from babel.dates import format_time

from companion.right_to_left import is_from_the_right, kept_in_order

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_CLOCK = r"(1[0-2]|[1-9])(?:[:.]([0-5]\d))?([ap])m"
_WRITTEN = re.compile(rf"({_DAY}) to ({_DAY}), {_CLOCK} to {_CLOCK}", re.IGNORECASE)


def hours_in(written: str, tag: str) -> str:
    """Return the hours *written* by staff as language *tag* says them."""
    found = _WRITTEN.fullmatch(written.strip())
    locale = Locale.parse(tag, sep="-")
    if found is None or locale.language == "en":
        return written
    names = locale.days["format"]["abbreviated"]
    first, last = (names[_DAYS.index(day.lower())] for day in found.group(1, 2))
    opens, closes = (_time(*found.group(*part)) for part in ((3, 4, 5), (6, 7, 8)))
    clock = [format_time(at, "short", locale=locale) for at in (opens, closes)]
    said = "-".join(clock)  # a longer dash makes a text in plain letters cost double
    return f"{first}-{last} {kept_in_order(said) if is_from_the_right(first) else said}"


def _time(hour: str, minute: str | None, half: str) -> time:
    afternoon = 12 if half.lower() == "p" else 0
    return time(int(hour) % 12 + afternoon, int(minute or 0))
