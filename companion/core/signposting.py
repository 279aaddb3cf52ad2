"""Which resource to point a patient to: for what they said, in their language, not twice.

A resource is a pointer to help that people wrote and checked; nothing is made up here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from companion.core.questions import Question
from companion.core.working import Nation

SIGNPOST_COPING = Decimal(5)
"""Rule G-01: at or below this the signpost is about coping."""
SIGNPOST_PAIN = Decimal(6)
"""Rule G-02: at or above this the signpost is about pain."""
ASK_EVERY = 4
"""Rule G-03: after so many signposts the patient is asked whether the last was useful."""


class Topic(StrEnum):
    """What a resource helps with. Values are stored and stand in files; never rename one."""

    GENERAL = "general"
    PAIN = "pain"
    FLARE_UP = "flare-up"
    COPING = "coping"
    MOOD = "mood"
    SLEEP = "sleep"
    PACING = "pacing"
    RELAXATION = "relaxation"
    MOVING = "moving"
    USE = "use"
    """Cutting down itself: never in discreet texts where it names a medicine."""
    HOLD = "hold"
    PEOPLE = "people"
    """Company: groups, walks, social prescribing."""
    CRISIS = "crisis"
    """Listed for staff; patients get crisis numbers in texts of their own."""


class Sure(StrEnum):
    """How sure we are that an address is right."""

    SEEN = "seen"
    """A person, or a link check, opened it."""
    KNOWN = "known"
    """Published by its owner; not opened by us."""
    TO_CONFIRM = "to confirm"


@dataclass(frozen=True, slots=True)
class Resource:
    """One place that helps. *address* is a web address without ``https://``, or a number."""

    key: str
    title: str
    address: str
    topics: frozenset[Topic]
    languages: tuple[str, ...]
    nations: frozenset[Nation]
    owner: str
    checked_on: date
    sure: Sure = Sure.SEEN
    footstep: int | None = None
    """Which of the Ten Footsteps it is, if it is one."""
    discreet: bool = True
    """Whether title and address may stand on a lock screen: no medicine, no opioid."""

    @property
    def is_web(self) -> bool:
        """Whether the address is one of the web, not a telephone number."""
        return not self.address.replace(" ", "").isdigit()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one patient was pointed to so far, oldest first, and what was of no use to them."""

    keys: tuple[str, ...] = ()
    useless: frozenset[str] = frozenset()

    @property
    def last(self) -> str | None:
        """The key of what was sent last."""
        return self.keys[-1] if self.keys else None

    def times(self, resource: Resource) -> int:
        """Return how often *resource* was sent."""
        return self.keys.count(resource.key)


def topics_for(
    answers: Mapping[Question, Decimal], categories: Sequence[str] = ()
) -> tuple[Topic, ...]:
    """Return what to point the patient to, most wanted first (rules G-01 and G-02).

    *answers* are this check-in's, *categories* the kinds of struggle in their newest words.
    """
    wanted = [_TOPICS[category] for category in categories if category in _TOPICS]
    if answers.get(Question.MOOD, Decimal(0)) > 0 or answers.get(Question.INTEREST, Decimal(0)) > 0:
        wanted.append(Topic.MOOD)
    if answers.get(Question.COPING, Decimal(10)) <= SIGNPOST_COPING:
        wanted.append(Topic.COPING)
    if answers.get(Question.WITHDRAWAL, Decimal(0)) > 0:
        wanted.append(Topic.RELAXATION)
    if answers.get(Question.PAIN, Decimal(0)) >= SIGNPOST_PAIN:
        wanted.append(Topic.FLARE_UP)
    return tuple(dict.fromkeys(wanted))


_TOPICS = {
    "pain": Topic.FLARE_UP,
    "low_mood": Topic.MOOD,
    "struggling": Topic.COPING,
    "side_effects": Topic.SLEEP,
    "withdrawal": Topic.RELAXATION,
    "wants_slower": Topic.USE,
    "wants_pause": Topic.HOLD,
}
"""What helps with each kind of struggle that a patient writes of."""


def choose(
    resources: Sequence[Resource],
    *,
    topics: Collection[Topic],
    language: str,
    nation: Nation,
    seen: Seen,
    detailed: bool,
) -> Resource:
    """Return what fits the most wanted topic, never the last one sent again.

    *topics* come most wanted first. Without a wish comes the next of the Ten Footsteps, and
    then what is general. Of what fits, the patient's language goes before English, then what
    was sent least often. What was of no use is left out, and what is not discreet goes only
    to patients who chose *detailed* texts. *resources* must hold at least two general and
    discreet ones for every nation, which loading them checks.
    """
    fit = [
        one
        for one in resources
        if nation in one.nations
        and one.key != seen.last
        and (detailed or one.discreet)
        and Topic.CRISIS not in one.topics
    ]
    liked = [one for one in fit if one.key not in seen.useless]
    for topic in topics:
        about = [one for one in liked if topic in one.topics]
        if about:
            return _best(about, language, seen)
    footsteps = [one for one in liked if one.footstep is not None and not seen.times(one)]
    if footsteps:
        return min(footsteps, key=lambda one: (language not in one.languages, one.footstep or 0))
    general = [one for one in (*liked, *fit) if Topic.GENERAL in one.topics]
    if not general:
        raise LookupError("resources.toml holds no two general resources")
    return _best(general, language, seen)


def _best(fitting: Sequence[Resource], language: str, seen: Seen) -> Resource:
    return min(fitting, key=lambda one: (language not in one.languages, seen.times(one)))


def asks_whether_useful(sent_since_asked: int) -> bool:
    """Tell whether the patient is asked about the last signpost now (rule G-03)."""
    return sent_since_asked >= ASK_EVERY
