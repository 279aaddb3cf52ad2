"""Pictures for inline SVG: the steps of a taper, and the scores of check-ins.

No inline style and no script; the colours are classes. A table always stands beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from companion.core.taper import Step

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 72, 16, 20, 40
LAST_STEP_DAYS = 14
"""How long the last dose is drawn for."""
LABEL_WIDTH = 100
"""Room that the words under a step need, at the size that a phone needs."""
MOST_SCORE = 10


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place of the picture."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """The numbers that the template draws."""

    width: int
    height: int
    line: str
    """The steps, as the points of a path."""
    x_labels: tuple[Label, ...]
    y_labels: tuple[Label, ...]
    today_x: float | None
    base_y: float
    left: int
    right: int
    top: int


def step_chart(steps: Sequence[Step], *, today: date | None, day_text: object) -> StepChart:
    """Return the picture of *steps*; *day_text* writes a day. At least one step is needed."""
    assert callable(day_text)
    begins, ends = steps[0].starts_on, _end(steps)
    most = max(step.doses.total for step in steps) or Decimal(1)

    def x_of(day: date) -> float:
        return round(
            LEFT + (WIDTH - LEFT - RIGHT) * ((day - begins).days / (ends - begins).days), 1
        )

    def y_of(amount: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * float(1 - amount / most), 1)

    points = [
        f"M{x_of(begins)} {y_of(steps[0].doses.total)}",
        *(f"H{x_of(step.starts_on)}V{y_of(step.doses.total)}" for step in steps[1:]),
        f"H{x_of(ends)}",
    ]
    shows_today = today is not None and begins <= today <= ends
    return StepChart(
        width=WIDTH,
        height=HEIGHT,
        line="".join(points),
        x_labels=_spread(
            [Label(x_of(step.starts_on), HEIGHT - 12, day_text(step.starts_on)) for step in steps]
        ),
        y_labels=tuple(
            Label(LEFT - 8, y_of(amount) + 5, _plain(amount))
            for amount in (most, most / 2, Decimal(0))
        ),
        today_x=x_of(today) if today is not None and shows_today else None,
        base_y=y_of(Decimal(0)),
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
    )


def _end(steps: Sequence[Step]) -> date:
    return date.fromordinal(steps[-1].starts_on.toordinal() + LAST_STEP_DAYS)


def _spread(labels: Sequence[Label]) -> tuple[Label, ...]:
    """Leave out labels that would touch the one before, or stand over the edge."""
    kept: list[Label] = []
    for label in labels:
        if label.x <= WIDTH - LABEL_WIDTH and (not kept or label.x - kept[-1].x >= LABEL_WIDTH):
            kept.append(label)
    return tuple(kept)


def _plain(amount: Decimal) -> str:
    text = format(amount.quantize(Decimal("0.1")), "f")
    return text.removesuffix(".0")


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One question's answers: the points of a line, and each point for a mark of its own."""

    name: str
    points: str
    marks: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class ScoreChart:
    """The numbers that the template draws for scores from 0 to 10."""

    width: int
    height: int
    left: int
    right: int
    lines: tuple[ScoreLine, ...]
    x_labels: tuple[Label, ...]
    y_labels: tuple[Label, ...]


def score_chart(
    scores: Mapping[str, Sequence[tuple[date, Decimal]]], *, day_text: Callable[[date], str]
) -> ScoreChart | None:
    """Return the picture of *scores* by name, oldest first; None for fewer than two days."""
    days = sorted({day for series in scores.values() for day, _score in series})
    if len(days) < 2:
        return None
    begins, span = days[0], (days[-1] - days[0]).days

    def x_of(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((day - begins).days / span), 1)

    def y_of(score: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * float(1 - score / MOST_SCORE), 1)

    lines = []
    for name, series in scores.items():
        marks = tuple((x_of(day), y_of(score)) for day, score in series)
        lines.append(ScoreLine(name, " ".join(f"{x},{y}" for x, y in marks), marks))
    return ScoreChart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        lines=tuple(lines),
        x_labels=_spread([Label(x_of(day), HEIGHT - 12, day_text(day)) for day in days]),
        y_labels=tuple(
            Label(LEFT - 8, y_of(Decimal(score)) + 5, str(score)) for score in (10, 5, 0)
        ),
    )
