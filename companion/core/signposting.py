"""Which resource to point a patient to: for what they said, in their language, not twice.

A resource is a pointer to help that people wrote and checked; nothing is made up here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Resource:
    """One place that helps. *address* is a web address without ``https://``."""

    key: str
    title: str
    address: str
    topics: frozenset[str]
    languages: tuple[str, ...]
    nations: frozenset[str]
    source: str
    checked_on: date
    discreet: bool = True
    """Whether title and address may stand on a lock screen: no medicine, no opioid."""


def choose(
    resources: Sequence[Resource],
    *,
    topics: Collection[str],
    language: str,
    last: str | None,
    detailed: bool,
) -> Resource:
    """Return the first resource for the most wanted topic that was not the *last* sent.

    *topics* come most wanted first; ``general`` is always tried at the end. A resource
    in the patient's language is preferred to one in English. What is not discreet goes
    only to patients who chose *detailed* texts. *resources* must hold at least two
    general and discreet ones, which loading them checks.
    """
    for topic in [*topics, "general"]:
        fitting = [
            r for r in resources if topic in r.topics and r.key != last and (detailed or r.discreet)
        ]
        fitting.sort(key=lambda resource: language not in resource.languages)
        if fitting:
            return fitting[0]
    raise LookupError("resources.toml holds no two general resources")
