"""Who the demonstration's patients are, and how each of them answers.

All of them are made up. Phones are Ofcom's numbers for drama, NHS numbers begin with 999.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import Enum, auto

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.questions import Question
from companion.core.situation import Risk, Use


class Story(Enum):
    """What becomes of a patient by the morning on which the demonstration starts."""

    WAITING = auto()
    """Has not answered the handshake."""
    PROPOSED = auto()
    """The prescriber's mark is missing."""
    RUNNING = auto()
    DISCHARGED = auto()
    FINISHED = auto()


Answers = tuple[str, str, str]
"""What somebody texts to the three questions: pain, use, coping."""


ASKED_OF_ALL = (Question.PAIN, Question.USE, Question.COPING)
WELL = {
    Question.TABLETS: "2",
    Question.WITHDRAWAL: "0",
    Question.INTEREST: "0",
    Question.MOOD: "1",
    Question.CONFIDENCE: "7",
    Question.LEFT_OVER: "2",
}
"""What everybody answers to all else."""


@dataclass(frozen=True, slots=True)
class Character:
    """One patient of the demonstration.

    *cut_days_ago* is how long before the start the newest reduction was; *cuts* how many
    there have been. *answers* are given by the days before the start on which a check-in
    comes; *usual* on all others; None is silence. *texts* are written unasked, by days
    before the start, in the morning.
    """

    first_name: str
    last_name: str
    born_on: date
    story: Story
    check_in_at: time = time(9, 0)
    medicine: tuple[str, str] = ("morphine", "modified-release tablet")
    """Drug and form, as the catalogue names them."""
    doses: DayDoses | None = None
    cut: Decimal = Decimal(10)
    cuts: int = 2
    cut_days_ago: int = 4
    usual: Answers | None = ("4", "1", "7")
    answers: Mapping[int, Answers | None] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    goal_words: str = "To think clearly again and play with my grandchildren."
    baseline_pain: Decimal = Decimal(5)
    language: str = "en-GB"
    use: Use = Use.OVER_A_YEAR
    risks: frozenset[Risk] = frozenset()


def _mg(morning: int, evening: int) -> DayDoses:
    return DayDoses(
        DoseUnit.MILLIGRAM,
        {TimeOfDay.MORNING: Decimal(morning), TimeOfDay.EVENING: Decimal(evening)},
    )


CHARACTERS = (
    Character(
        "Margaret",
        "Hale",
        date(1951, 3, 9),
        Story.WAITING,
        check_in_at=time(10, 0),
        doses=_mg(60, 60),
    ),
    Character(
        "Colin",
        "Marsh",
        date(1963, 7, 21),
        Story.RUNNING,
        check_in_at=time(10, 0),
        doses=_mg(50, 50),
        cut_days_ago=2,
    ),
    Character(
        "Susan",
        "Whitmore",
        date(1958, 11, 2),
        Story.RUNNING,
        doses=_mg(60, 60),
        cut_days_ago=11,
        usual=("3", "1", "8"),
        goal_words="To drive to the coast with my sister.",
    ),
    Character(
        "Imran",
        "Qureshi",
        date(1970, 5, 14),
        Story.RUNNING,
        check_in_at=time(8, 30),
        doses=_mg(40, 40),
        cut_days_ago=7,
        usual=("10 میں سے 4", "1", "6"),
        language="ur",
    ),
    Character(
        "Joan",
        "Pritchard",
        date(1949, 1, 30),
        Story.RUNNING,
        check_in_at=time(8, 30),
        doses=_mg(80, 80),
        cut_days_ago=4,
        answers={2: ("8", "1", "4"), 0: ("8", "1", "2")},
        goal_words="To be awake when my family visits.",
        risks=frozenset({Risk.SEDATIVES, Risk.BREATHING}),
    ),
    Character(
        "Tomasz",
        "Nowak",
        date(1977, 9, 5),
        Story.RUNNING,
        check_in_at=time(9, 0),
        medicine=("codeine", "tablet"),
        cut=Decimal(15),
        cut_days_ago=2,
        doses=DayDoses(
            DoseUnit.MILLIGRAM,
            {t: Decimal(60) for t in (TimeOfDay.MORNING, TimeOfDay.MIDDAY, TimeOfDay.EVENING)},
        ),
        usual=("czwórka", "1", "7"),
        answers={0: ("6 na 10", "3", "5")},
        language="pl",
    ),
    Character(
        "Aisha",
        "Rahman",
        date(1982, 2, 17),
        Story.RUNNING,
        doses=_mg(30, 30),
        cut=Decimal(5),
        cut_days_ago=4,
        answers={2: None, 1: None, 0: None},
    ),
    Character(
        "Gwen",
        "Davies",
        date(1955, 12, 24),
        Story.RUNNING,
        doses=_mg(60, 50),
        cut_days_ago=9,
        texts={1: "HOLD"},
        goal_words="One thing at a time. My husband is in hospital.",
        risks=frozenset({Risk.UNSTABLE_MENTAL_HEALTH}),
    ),
    Character(
        "Kevin",
        "Doyle",
        date(1980, 6, 8),
        Story.RUNNING,
        doses=_mg(100, 100),
        cut=Decimal(20),
        cut_days_ago=5,
        texts={0: "cant cope with this anymore wish i was dead"},
    ),
    Character(
        "Edna",
        "Bright",
        date(1944, 4, 1),
        Story.RUNNING,
        doses=_mg(20, 20),
        cut=Decimal(5),
        cut_days_ago=10,
        texts={0: "HELP"},
    ),
    Character(
        "Peter",
        "Lawson",
        date(1967, 10, 11),
        Story.DISCHARGED,
        cut_days_ago=4,
        check_in_at=time(11, 0),
        usual=("5", "1", "7"),
    ),
    Character(
        "Fatima", "Noor", date(1973, 8, 19), Story.PROPOSED, doses=_mg(45, 45), cut=Decimal(15)
    ),
    Character(
        "Ruth",
        "Abbey",
        date(1960, 2, 28),
        Story.FINISHED,
        doses=_mg(10, 10),
        cuts=2,
        cut_days_ago=14,
        usual=("2", "1", "9"),
        goal_words="To come off altogether.",
    ),
)
"""Thirteen people, at every stage."""


def phone_of(index: int) -> str:
    """Return the number of the patient at *index*: one that nobody has."""
    return f"07700 900{101 + index}"
