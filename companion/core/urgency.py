"""How soon a person must act: one scale for findings, alerts and pages."""

from enum import IntEnum


class Urgency(IntEnum):
    """How soon a clinician must look. Ordered, so ``max()`` picks the most urgent."""

    NONE = 0
    """Nothing for a person to do."""
    SOON = 1
    """Next working day."""
    URGENT = 2
    """Same working day."""
    EMERGENCY = 3
    """The patient is answered with crisis services at once; page a person now."""
