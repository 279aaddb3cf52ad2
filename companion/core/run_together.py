"""Part what was written without spaces into words that are known: Urdu often is."""

from collections.abc import Callable

SHORTEST_PART, LONGEST_PART = 2, 12
"""Letters of one word in what was written together."""


def parted(written: str, is_known: Callable[[str], bool]) -> list[str]:
    """Return the fewest known words that *written* is made of; empty where it is of none."""
    ways: list[list[str]] = [[] for _ in range(len(written) + 1)]
    for end in range(SHORTEST_PART, len(written) + 1):
        for start in range(max(0, end - LONGEST_PART), end - SHORTEST_PART + 1):
            part, before = written[start:end], ways[start]
            is_reached = start == 0 or bool(before)
            if (
                is_reached
                and is_known(part)
                and (not ways[end] or len(before) + 1 < len(ways[end]))
            ):
                ways[end] = [*before, part]
    return ways[-1]
