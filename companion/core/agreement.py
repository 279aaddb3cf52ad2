"""Versions of a plan and the two marks that make one binding."""

from collections.abc import Collection
from enum import StrEnum


class VersionState(StrEnum):
    """Where one version of a plan stands. Values are stored; never rename one."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    FINISHED = "finished"


class MarkSide(StrEnum):
    """Whose mark it is. Values are stored; never rename one."""

    PATIENT = "patient"
    PRESCRIBER = "prescriber"


def is_binding(marks: Collection[MarkSide]) -> bool:
    """Tell whether both the patient and the prescriber have marked."""
    return set(marks) == set(MarkSide)
