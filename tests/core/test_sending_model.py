"""Every story that one text can have, walked to its end over the real transition table.

Two senders, three attempts, a provider that may take a text late or answer nothing, and
a crash between any two steps. The clock is not modelled but for its promises: a claim is
given up only when its sender is dead or its call is over, and the list is looked at only
after the provider's longest wait. A sender that is paused for longer than its lease, after
it looked at the fence, is outside of what can be promised (docs/clinical-safety/hazards.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from companion.core.sending import MAY_BECOME, MessageKind, MessageState
from companion.services.sending import CRISIS_CALLS
from companion.services.settling import RESENDS

S = MessageState
SENDERS = 2
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: where its sender is, and what the provider did with it."""

    sender: int
    at: str = "claimed"  # claimed, called, over, dead
    answer: str = ""  # accepted, refused, later, nothing
    taken: bool = False
    late: bool = False  # the provider will take it, but has not yet
    named: bool = False  # we know the provider's name for it
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """One text, its attempts, and whether a person was told."""

    state: MessageState = S.QUEUED
    attempts: tuple[Attempt, ...] = ()
    told: bool = False

    @property
    def copies(self) -> int:
        return sum(one.taken for one in self.attempts)

    def to(self, state: MessageState, **changes: object) -> "World":
        """Move along the table's own arrows, or fail."""
        assert state in MAY_BECOME[self.state], f"{self.state} to {state}"
        return replace(self, state=state, **changes)  # type: ignore[arg-type]

    def with_attempt(self, index: int, **changes: object) -> "World":
        attempts = list(self.attempts)
        attempts[index] = replace(attempts[index], **changes)  # type: ignore[arg-type]
        return replace(self, attempts=tuple(attempts))


def doubt(world: World, kind: MessageKind) -> World:
    """What sending does when nobody knows whether the last call got through."""
    world = world.with_attempt(-1, doubtful=True)
    doubts = sum(one.doubtful for one in world.attempts)
    if kind is not MessageKind.CRISIS:
        return world.to(S.UNCERTAIN)
    if doubts < CRISIS_CALLS:
        return world.to(S.QUEUED)
    return world.to(S.UNCERTAIN).to(S.HELD, told=True)


def settle(world: World) -> World:
    """What settling does after the time to settle, with a list that could be read."""
    if any(one.taken for one in world.attempts if one.doubtful):
        found = next(i for i, one in enumerate(world.attempts) if one.doubtful and one.taken)
        return world.with_attempt(found, named=True).to(S.ACCEPTED)
    if sum(one.doubtful for one in world.attempts) <= RESENDS:
        return world.to(S.QUEUED)
    return world.to(S.HELD, told=True)


def steps(world: World, kind: MessageKind) -> Iterator[World]:
    """Yield every world that may come next."""
    busy = {one.sender for one in world.attempts if one.at in {"claimed", "called"}}
    if world.state is S.QUEUED:
        yield from _waiting(world, busy)
    for index, one in enumerate(world.attempts):
        yield from _calls(world, index, one)
        yield from _ours(world, index, one, kind)
        yield from _providers(world, index, one)
    if world.state is S.UNCERTAIN and not busy and not any(one.late for one in world.attempts):
        yield settle(world)


def _waiting(world: World, busy: set[int]) -> Iterator[World]:
    yield world.to(S.MISSED, told=True)  # its window ended
    yield world.to(S.CANCELLED)  # the plan or the number changed
    if len(world.attempts) < ATTEMPTS:
        for sender in set(range(SENDERS)) - busy:
            yield replace(world.to(S.SENDING), attempts=(*world.attempts, Attempt(sender)))


def _ours(world: World, index: int, one: Attempt, kind: MessageKind) -> Iterator[World]:
    if index != len(world.attempts) - 1 or world.state is not S.SENDING:
        return  # only the attempt that holds the claim may write
    if one.at == "called":
        yield record(world, one.answer, kind)
    if one.at == "dead":
        yield doubt(world.with_attempt(index, at="over"), kind)  # the lease ended


def _providers(world: World, index: int, one: Attempt) -> Iterator[World]:
    if one.late:
        yield world.with_attempt(index, late=False, taken=True)
    if one.taken and not one.named:
        yield report(world.with_attempt(index, named=True))


def _calls(world: World, index: int, one: Attempt) -> Iterator[World]:
    if one.at in {"claimed", "called"}:
        yield world.with_attempt(index, at="dead")  # killed between any two steps
    if one.at == "claimed":
        for answer, taken, late in (
            ("accepted", True, False),
            ("refused", False, False),
            ("later", False, False),
            ("nothing", True, False),
            ("nothing", False, False),
            ("nothing", False, True),
        ):
            yield world.with_attempt(index, at="called", answer=answer, taken=taken, late=late)


def record(world: World, answer: str, kind: MessageKind) -> World:
    """What sending writes when a call is over."""
    world = world.with_attempt(-1, at="over")
    match answer:
        case "accepted":
            return world.with_attempt(-1, named=True).to(S.ACCEPTED)
        case "refused":
            return world.to(S.FAILED, told=True)
        case "later":
            return world.to(S.QUEUED)
        case _:
            return doubt(world, kind)


def report(world: World) -> World:
    """What a delivery report does: the first name of a text that got through wins."""
    if world.state is S.QUEUED:
        return world.to(S.SENDING).to(S.ACCEPTED)
    return world.to(S.ACCEPTED) if S.ACCEPTED in MAY_BECOME[world.state] else world


def every_world(kind: MessageKind) -> Iterator[tuple[World, list[World]]]:
    seen, waiting = {World()}, [World()]
    while waiting:
        world = waiting.pop()
        following = list(steps(world, kind))
        yield world, following
        for one in following:
            if one not in seen:
                seen.add(one)
                waiting.append(one)


@pytest.mark.parametrize("kind", [MessageKind.CHECK_IN, MessageKind.CRISIS])
def test_no_story_sends_a_text_more_often_than_its_kind_allows(kind: MessageKind) -> None:
    worlds = [world for world, _ in every_world(kind)]

    most = max(world.copies for world in worlds)
    assert most == (CRISIS_CALLS if kind is MessageKind.CRISIS else 1)
    assert len(worlds) > 100


@pytest.mark.parametrize("kind", [MessageKind.CHECK_IN, MessageKind.CRISIS])
def test_no_story_ends_with_a_text_that_nobody_knows_of(kind: MessageKind) -> None:
    ends = [world for world, following in every_world(kind) if not following]

    known = {S.ACCEPTED, S.CANCELLED}
    assert ends
    assert all(world.state in known or world.told for world in ends)


def test_every_state_of_the_table_that_a_call_can_reach_is_reached() -> None:
    reached = {world.state for world, _ in every_world(MessageKind.CHECK_IN)}

    assert reached == set(S) - {S.DELIVERED, S.UNDELIVERED}
