"""Amounts that cannot be mixed up: a Decimal, its unit, and the times of day it is taken.

Nothing here converts one unit or one drug into another.
"""

from enum import StrEnum


class DoseUnit(StrEnum):
    """Units a patient sees on the label. Values are stored; never rename one."""

    MILLIGRAM = "mg"
    MILLILITRE = "ml"
    MICROGRAM_PER_HOUR = "microgram/hour"
    TABLET = "tablet"


class TimeOfDay(StrEnum):
    """When in the day a dose is taken. Values are stored; never rename one."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    NIGHT = "night"
    DAILY = "daily"
    PATCH = "patch"
