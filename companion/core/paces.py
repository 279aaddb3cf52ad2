"""Paces that guidance names, each with its source: a start for a talk, open to any change.

Where the guidance gives a range, what is filled in lies within it and *says* gives the range.
"""

from dataclasses import dataclass
from decimal import Decimal

from companion.core.drafting import Basis, Cut, Every, Pace, Period, SlowDown


@dataclass(frozen=True, slots=True)
class NamedPace:
    """One pace. *says* is the rule in words, *source* whose it is."""

    key: str
    name: str
    says: str
    source: str
    pace: Pace
    slow_down: SlowDown | None = None


def _pace(percent: str, basis: Basis, number: int, period: Period) -> Pace:
    return Pace(Cut(Decimal(percent), basis), Every(number, period))


NAMED_PACES = (
    NamedPace(
        "opioids-aware",
        "Opioids Aware",
        "About a tenth every one or two weeks.",
        "Faculty of Pain Medicine, Opioids Aware; Sheffield Aches and Pains",
        _pace("10", Basis.START, 2, Period.WEEKS),
    ),
    NamedPace(
        "short-use",
        "Taken for weeks or months: the I-WOTCH trial and the CDC",
        "A tenth of the first dose each week until a third is left, then a tenth of what is "
        "left. For people who took opioids for weeks or months, not for years.",
        "CDC 2022; Sandhu and others, BMJ Open 2022;12:e053725",
        _pace("10", Basis.START, 1, Period.WEEKS),
        SlowDown(Decimal(30), _pace("10", Basis.CURRENT, 1, Period.WEEKS)),
    ),
    NamedPace(
        "long-use",
        "Taken for a year or longer: the CDC",
        "About a tenth each month, or slower.",
        "CDC 2022",
        _pace("10", Basis.START, 1, Period.MONTHS),
    ),
    NamedPace(
        "after-surgery",
        "A short course after surgery",
        "Off within a week: no more than seven days' supply at discharge. The steps, a fifth of "
        "the first dose each day, are ours.",
        "Faculty of Pain Medicine, Surgery and Opioids (2021), for the supply",
        _pace("20", Basis.START, 1, Period.DAYS),
    ),
    NamedPace(
        "proportionate",
        "In proportion to the dose",
        "Each reduction in proportion to what is taken, so that they become smaller. NICE names "
        "no numbers: a tenth every four weeks is ours.",
        "NICE NG215 (2022)",
        _pace("10", Basis.CURRENT, 4, Period.WEEKS),
    ),
    NamedPace(
        "slowest",
        "Slowest",
        "2 to 10 % every four to eight weeks.",
        "VA Opioid Taper Decision Tool (2016)",
        _pace("5", Basis.START, 6, Period.WEEKS),
    ),
    NamedPace(
        "slower",
        "Slower, the most common",
        "5 to 20 % every four weeks.",
        "VA Opioid Taper Decision Tool (2016)",
        _pace("10", Basis.START, 4, Period.WEEKS),
    ),
    NamedPace(
        "faster",
        "Faster",
        "10 to 20 % each week.",
        "VA Opioid Taper Decision Tool (2016)",
        _pace("10", Basis.START, 1, Period.WEEKS),
    ),
    NamedPace(
        "canadian",
        "Slowing down at a third",
        "A tenth every one or two weeks; half of that or less once a third of the first dose is "
        "left.",
        "Canadian guideline 2010 and 2017, appendix B-12",
        _pace("10", Basis.START, 2, Period.WEEKS),
        SlowDown(Decimal(33), _pace("5", Basis.START, 2, Period.WEEKS)),
    ),
    NamedPace(
        "rxfiles",
        "Long and slowing down",
        "5 to 10 % every two to four weeks; at a third of the first dose 5 % every four to "
        "eight weeks.",
        "RxFiles 2018",
        _pace("10", Basis.START, 4, Period.WEEKS),
        SlowDown(Decimal(33), _pace("5", Basis.START, 8, Period.WEEKS)),
    ),
)


def pace_named(key: str) -> NamedPace | None:
    """Return the pace of that key, or None."""
    return next((pace for pace in NAMED_PACES if pace.key == key), None)
