"""What came of all replies in a file: how many of each kind, and how many as expected.

It holds no more than there are kinds of answers, however many rows are counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FIRST_ROWS = 10
"""Rows that disagree which are named one by one."""
LONGEST_SHOWN = 60
OTHER = "(no such label)"
OTHERWISE = "with another value"


def shown(text: str) -> str:
    """Return *text* from a file so that it is one short line on a screen."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


@dataclass(slots=True)
class Totals:
    """Counts answers, column by column, and labels against them."""

    counted: Mapping[int, str]
    """Which parts of an answer are counted, each with its name."""
    labels: tuple[str, ...]
    """What the first part of an answer, and so the first word of a label, can be."""
    rows: int = 0
    broken: int = 0
    first_broken: str = ""
    compared: int = 0
    disagreed: int = 0
    _counts: dict[int, Counter[str]] = field(init=False)
    _table: Counter[tuple[str, str, str]] = field(init=False, default_factory=Counter)
    _first: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Begin every count."""
        self._counts = {part: Counter() for part in self.counted}

    def add(self, where: str, answer: tuple[str, ...], *, whole: bool) -> None:
        """Count the row at *where*; it is broken unless *whole*."""
        self.rows += 1
        if not whole:
            self.broken += 1
            self.first_broken = self.first_broken or where
        for part, counts in self._counts.items():
            counts.update(filter(None, answer[part].split(";")))

    def compare(self, where: str, label: str, found: str) -> None:
        """Count whether *found*, such as ``number 7``, is what *label* says: all or its kind.

        A row without a label is not compared.
        """
        label = label.strip()
        if not label:
            return
        self.compared += 1
        kind, expected = (words.partition(" ")[0] for words in (found, label))
        expected = expected if expected in self.labels else OTHER
        agrees = label in {kind, found}
        self._table[expected, kind, "" if agrees else _why_not(expected, kind)] += 1
        if not agrees:
            self.disagreed += 1
            if len(self._first) < FIRST_ROWS:
                self._first.append(f"{where}: expected {shown(label)}, found {found}")

    def lines(self) -> Iterator[str]:
        """Yield the totals, a line each."""
        yield f"{_rows(self.rows)}{self._said_of_broken()}"
        for part, name in self.counted.items():
            counts = sorted(self._counts[part].items(), key=lambda pair: (-pair[1], pair[0]))
            yield f"{name}: {', '.join(f'{value} {count}' for value, count in counts) or 'none'}"

    def _said_of_broken(self) -> str:
        if not self.broken:
            return ""
        return f", of which {self.broken} broken, {self.first_broken} first"

    def table(self) -> Iterator[str]:
        """Yield how many rows were found to be what was expected, and which were not."""
        yield f"{'expected':16}{'found':16}{'rows':>9}"
        for (expected, kind, why_not), count in sorted(self._table.items(), key=self._order):
            yield f"{expected:16}{kind:16}{count:9}  {why_not}".rstrip()
        yield f"{self.compared - self.disagreed} of {_rows(self.compared)} with a label agree"
        yield from self._first
        if self.disagreed > len(self._first):
            yield f"and {self.disagreed - len(self._first)} more"

    def _order(self, entry: tuple[tuple[str, str, str], int]) -> tuple[int, int, str]:
        (expected, kind, why_not), _count = entry
        order = (*self.labels, OTHER)
        return order.index(expected), order.index(kind), why_not


def _why_not(expected: str, kind: str) -> str:
    return f"disagree{f', {OTHERWISE}' if expected == kind else ''}"


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
