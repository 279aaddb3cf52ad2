"""Which questions are asked, in which order, and on which days."""

from enum import StrEnum


class Question(StrEnum):
    """One question of a check-in. Values are stored; never rename one."""

    PAIN = "pain"
    USE = "use"
    COPING = "coping"
