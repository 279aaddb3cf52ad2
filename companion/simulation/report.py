"""What rules did with a made-up population: how much work they made, and what they missed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from xml.etree import ElementTree as ET

from companion.core.urgency import Urgency
from companion.simulation.living import Raised
from companion.simulation.population import MUST_BE_NOTICED, Kind, Person

NOTICED_WITHIN_DAYS = 14
"""A struggle that no alert followed within these days counts as missed."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """How soon one kind of struggle was noticed. Delays are in days."""

    kind: Kind
    people: int
    missed: int
    median_days: Decimal | None
    longest_days: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one run."""

    patients: int
    days: int
    seed: int
    clinicians: int
    by_urgency: dict[Urgency, int]
    by_rule: dict[str, int]
    about_steady: int
    noticed: Sequence[Noticed]

    def a_clinician_day(self, alerts: int) -> Decimal:
        """Return *alerts* of the whole run as so many for each clinician and day."""
        return round(Decimal(alerts) / (self.clinicians * self.days), 2)

    @property
    def missed(self) -> int:
        """How many struggles nobody was told of in time."""
        return sum(one.missed for one in self.noticed)

    def as_json(self) -> dict[str, object]:
        """Return the report for other programs; numbers stay exact as text."""
        return {
            "patients": self.patients,
            "days": self.days,
            "seed": self.seed,
            "clinicians": self.clinicians,
            "alerts_a_clinician_day": {
                urgency.name.lower(): str(self.a_clinician_day(count))
                for urgency, count in self.by_urgency.items()
            },
            "alerts_by_rule": self.by_rule,
            "alerts_about_steady_patients": self.about_steady,
            "struggles": [
                {
                    "kind": one.kind,
                    "people": one.people,
                    "missed": one.missed,
                    "median_days": None if one.median_days is None else str(one.median_days),
                    "longest_days": one.longest_days,
                }
                for one in self.noticed
            ],
        }

    def as_table(self) -> str:
        """Return the report in lines for a person."""
        made_up = f"{self.patients} made-up patients for {self.days} days, seed {self.seed}"
        lines = [f"{made_up}, {self.clinicians} clinicians.", ""]
        lines.append("Alerts for each clinician and day")
        for urgency, count in self.by_urgency.items():
            lines.append(f"  {urgency.name.lower():12}{self.a_clinician_day(count):>8}")
        total = sum(self.by_urgency.values())
        lines.append(f"  {'all':12}{self.a_clinician_day(total):>8}")
        lines.append(f"  about steady patients: {self.about_steady} of {total}")
        lines += ["", "Alerts by rule"]
        lines += [f"  {rule:12}{count:>8}" for rule, count in self.by_rule.items()]
        lines += ["", f"{'Who':16}{'people':>8}{'missed':>8}{'median days':>14}{'longest':>9}"]
        for one in self.noticed:
            middle = "-" if one.median_days is None else str(one.median_days)
            longest = "-" if one.longest_days is None else str(one.longest_days)
            lines.append(f"{one.kind:16}{one.people:>8}{one.missed:>8}{middle:>14}{longest:>9}")
        return "\n".join(lines)

    def as_svg(self) -> str:
        """Return alerts by rule as bars, with their numbers beside them."""
        most = max(self.by_rule.values(), default=1)
        height = 24 * len(self.by_rule) + 40
        svg = ET.Element(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 480 {height}",
            role="img",
            fill="#212b32",
        )
        ET.SubElement(svg, "title").text = "Alerts by rule"
        for at, (rule, count) in enumerate(self.by_rule.items()):
            y = 24 * at + 24
            ET.SubElement(svg, "text", x="0", y=str(y)).text = rule
            wide = str(round(360 * count / most, 1))
            ET.SubElement(
                svg, "rect", x="60", y=str(y - 14), width=wide, height="18", fill="#005eb8"
            )
            ET.SubElement(svg, "text", x=str(68 + 360 * count / most), y=str(y)).text = str(count)
        return ET.tostring(svg, encoding="unicode")


def report_of(
    people: Sequence[Person], raised: Sequence[Raised], *, days: int, seed: int, clinicians: int
) -> Report:
    """Return what came of *people* living through *days* with what was *raised* about them."""
    kinds = {person.number: person.kind for person in people}
    by_urgency = Counter(one.urgency for one in raised)
    by_rule = Counter(one.rule for one in raised)
    return Report(
        patients=len(people),
        days=days,
        seed=seed,
        clinicians=clinicians,
        by_urgency={u: by_urgency[u] for u in sorted(Urgency, reverse=True) if u > Urgency.NONE},
        by_rule=dict(by_rule.most_common()),
        about_steady=sum(kinds[one.person] is Kind.STEADY for one in raised),
        noticed=[_noticed(kind, people, raised) for kind in Kind if kind in MUST_BE_NOTICED],
    )


def _noticed(kind: Kind, people: Sequence[Person], raised: Sequence[Raised]) -> Noticed:
    struck = [person for person in people if person.kind is kind]
    delays = [_delay(person, raised) for person in struck]
    known = [delay for delay in delays if delay is not None]
    return Noticed(
        kind,
        len(struck),
        len(struck) - len(known),
        Decimal(median(known)) if known else None,
        max(known, default=None),
    )


def _delay(person: Person, raised: Sequence[Raised]) -> int | None:
    """Return in how many days after it began somebody was told; None when too late or never."""
    days = [
        one.day - person.onset_day
        for one in raised
        if one.person == person.number and 0 <= one.day - person.onset_day <= NOTICED_WITHIN_DAYS
    ]
    return min(days, default=None)
