"""Amounts that cannot be mixed up: a Decimal, its unit, and the times of day it is taken.

Nothing here converts one unit or one drug into another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType

MOST_DIGITS = 12
"""Longer than any dose; bounds what is parsed."""
MOST_DECIMALS = 3


class DoseError(ValueError):
    """An amount, unit or time of day that cannot stand. The message is for the person typing."""


class DoseUnit(StrEnum):
    """Units a patient sees on the label. Values are stored; never rename one."""

    MILLIGRAM = "mg"
    MILLILITRE = "ml"
    MICROGRAM_PER_HOUR = "microgram/hour"
    """Patches: a rate, not an amount."""
    TABLET = "tablet"


class TimeOfDay(StrEnum):
    """When in the day a dose is taken, in the order of the day. Values are stored."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    NIGHT = "night"
    DAILY = "daily"
    """Only the day's total is known."""
    PATCH = "patch"


DAY_ORDER = tuple(TimeOfDay)


def parse_amount(text: str) -> Decimal:
    """Read a plain decimal such as ``7.5``; never a float, an exponent or a sign.

    Raises:
        DoseError: it is anything else, or has more than three decimals.
    """
    cleaned = text.strip()
    plain = cleaned.replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit()) or len(cleaned) > MOST_DIGITS:
        raise DoseError("Enter the amount as a number, like 15 or 7.5")
    try:
        amount = Decimal(cleaned)
    except InvalidOperation as error:  # pragma: no cover - the test above leaves only numbers
        raise DoseError("Enter the amount as a number, like 15 or 7.5") from error
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise DoseError(f"Use at most {MOST_DECIMALS} digits after the point")
    return amount


def plain(amount: Decimal) -> str:
    """Write *amount* without trailing zeros and without an exponent: ``7.5``, ``100``."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class DayDoses:
    """What is taken on one day: an amount for each time of day, all in one unit.

    A time of day that is not named is not taken. Equal whatever the order given.

    Raises:
        DoseError: an amount is negative or no Decimal, or the times do not suit the unit.
    """

    unit: DoseUnit
    amounts: Mapping[TimeOfDay, Decimal]

    def __post_init__(self) -> None:
        """Check, and keep an own copy in the order of the day."""
        for time_of_day, amount in self.amounts.items():
            _check(self.unit, time_of_day, amount)
        if TimeOfDay.DAILY in self.amounts and len(self.amounts) > 1:
            raise DoseError("Give either the daily total or the times of day, not both")
        in_order = {t: self.amounts[t] for t in DAY_ORDER if t in self.amounts}
        object.__setattr__(self, "amounts", MappingProxyType(in_order))

    @property
    def total(self) -> Decimal:
        """The day's amount, in *unit*."""
        return sum(self.amounts.values(), Decimal(0))

    def at(self, time_of_day: TimeOfDay) -> Decimal:
        """Return what is taken at *time_of_day*; 0 when nothing is."""
        return self.amounts.get(time_of_day, Decimal(0))

    def with_amount(self, time_of_day: TimeOfDay, amount: Decimal) -> "DayDoses":
        """Return the same day with another amount at one time."""
        return DayDoses(self.unit, {**self.amounts, time_of_day: amount})


def _check(unit: DoseUnit, time_of_day: TimeOfDay, amount: Decimal) -> None:
    if not isinstance(amount, Decimal):
        raise DoseError(f"{time_of_day}: a dose is a Decimal")
    if not amount.is_finite() or amount < 0:
        raise DoseError(f"{time_of_day}: a dose is 0 or more")
    if (unit is DoseUnit.MICROGRAM_PER_HOUR) is not (time_of_day is TimeOfDay.PATCH):
        raise DoseError(f"{time_of_day}: patches, and only patches, are in microgram/hour")
