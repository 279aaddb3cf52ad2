"""Made-up patients, seeded: who struggles from which day on, and what each of them texts.

They are caricatures: they show what rules do with a kind of patient, never how often that
kind is met. The words are English.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from companion.core.questions import GOOD_WHEN_HIGH, Question


class Kind(StrEnum):
    """What kind of patient somebody is. Each has a share of the population."""

    STEADY = "steady"
    STRUGGLING = "struggling"
    SILENT = "silent"
    CONFUSED = "confused"
    WRONG_NUMBER = "wrong number"
    SHARED_PHONE = "shared phone"


SHARES = {
    Kind.STEADY: 60,
    Kind.STRUGGLING: 15,
    Kind.SILENT: 8,
    Kind.CONFUSED: 8,
    Kind.WRONG_NUMBER: 4,
    Kind.SHARED_PHONE: 5,
}
"""Of a hundred."""
MUST_BE_NOTICED = frozenset({Kind.STRUGGLING, Kind.SILENT, Kind.WRONG_NUMBER, Kind.SHARED_PHONE})
"""Kinds to whom something happens on a day, which somebody should hear of."""
EARLIEST_ONSET_DAYS = 7

_CALM_WAYS = ("{n}", "{n}", "{n}", "about a {n}", "{n}/10", "{n} thanks", "{n} today")
_WAYS = ("{n}", "{n}", "{n}!", "its a {n}")
_CALM_WORDS = ("thanks", "ok ta", "had a lovely walk today", "grandkids are here x")
_STRUGGLING_WORDS = (
    "I can't do this any more",
    "please can we go slower",
    "not slept for days, shaking all night",
    "took extra last night, couldn't stand it",
    "feeling so low",
    "what is the point of any of it",
    "the pain is so much worse since the last drop",
)
_CONFUSED_WORDS = (
    "?",
    "yes",
    "what is this",
    "12",
    "ok",
    "same as always",
    "don't know love",
    "3 4 5",
)
_WRONG_WORDS = ("wrong number", "who is this?", "you have the wrong person")
_SHARED_WORDS = (
    "this is his wife, he is asleep",
    "its her son, she left her phone here",
    "Dad's not here can I take a message",
)


@dataclass
class Person:
    """One made-up patient. *onset_day* is the day on which what they are kind of begins."""

    number: int
    kind: Kind
    onset_day: int
    chance: Random = field(repr=False)
    usual_pain: int = 4

    def is_struck(self, day: int) -> bool:
        """Tell whether what must be noticed has begun by *day*."""
        return self.kind in MUST_BE_NOTICED and day >= self.onset_day

    def answers(self, question: Question, day: int, days_since_cut: int | None) -> str | None:
        """Return what they text to *question* on *day*; None for nothing."""
        if self.is_struck(day):
            match self.kind:
                case Kind.SILENT:
                    return None
                case Kind.WRONG_NUMBER:
                    return self.chance.choice(_WRONG_WORDS)
                case Kind.SHARED_PHONE if self.chance.random() < 0.7:
                    return self.chance.choice(_SHARED_WORDS)
                case _:
                    return self._struggling(question)
        if self.kind is Kind.CONFUSED and self.chance.random() < 0.4:
            return self.chance.choice(_CONFUSED_WORDS)
        return self._calm(question, days_since_cut)

    def writes_unasked(self, day: int) -> str | None:
        """Return what they text of themselves on *day*, if anything."""
        luck = self.chance.random()
        if self.kind is Kind.STRUGGLING and self.is_struck(day):
            return self.chance.choice(_STRUGGLING_WORDS) if luck < 0.1 else None
        is_silent = self.kind in {Kind.SILENT, Kind.WRONG_NUMBER} and self.is_struck(day)
        return self.chance.choice(_CALM_WORDS) if luck < 0.02 and not is_silent else None

    def _struggling(self, question: Question) -> str:
        low, high = {
            Question.USE: (2, 4),
            Question.TABLETS: (0, 8),
            Question.WITHDRAWAL: (2, 3),
            Question.INTEREST: (1, 3),
            Question.MOOD: (1, 3),
            Question.LEFT_OVER: (1, 2),
        }.get(question, (7, 10))
        if question in GOOD_WHEN_HIGH:
            low, high = 1, 4
        return self.chance.choice(_WAYS).format(n=self.chance.randint(low, high))

    def _calm(self, question: Question, days_since_cut: int | None) -> str:
        near_cut = days_since_cut is not None and days_since_cut <= 4
        match question:
            case Question.PAIN:
                n = max(0, min(10, self.usual_pain + self.chance.choice((-1, 0, 0, 0, 1))))
            case Question.USE:
                return "1" if self.chance.random() < 0.97 else "2"
            case Question.WITHDRAWAL:
                return str(int(near_cut and self.chance.random() < 0.5))
            case Question.INTEREST | Question.MOOD:
                return "0" if self.chance.random() < 0.85 else "1"
            case Question.TABLETS | Question.LEFT_OVER:
                return "2"
            case _:
                n = self.chance.choice((6, 7, 7, 8, 9))
        return self.chance.choice(_CALM_WAYS).format(n=n)


def _chance(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - it makes people up, it guards nothing


def population(patients: int, days: int, seed: int) -> Sequence[Person]:
    """Return *patients* people in their shares; the same seed gives the same people."""
    chance = _chance(seed)
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    latest = max(EARLIEST_ONSET_DAYS, days - 15)
    return [
        Person(
            number=number,
            kind=kinds[number * 37 % len(kinds)],
            onset_day=chance.randint(EARLIEST_ONSET_DAYS, latest),
            chance=_chance(f"{seed} {number}"),
            usual_pain=chance.randint(2, 6),
        )
        for number in range(patients)
    ]
