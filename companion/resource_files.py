"""Load the signposts that everybody has, and say what is wrong with a file that has a fault."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from companion.core.signposting import Resource, Sure, Topic
from companion.core.working import Nation
from companion.vocabulary import TomlFile

Named = TypeVar("Named", bound=StrEnum)


def load_resources(
    messages: Path, longest_title: int, longest_address: int
) -> tuple[Resource, ...]:
    """Return every resource of ``resources.toml``.

    Raises:
        WordsError: one has a fault, is too long for a text, or too few suit everybody.
    """
    file = TomlFile.load(messages / "resources.toml")
    resources = tuple(_resource(file, key, values) for key, values in file.tables())
    for resource in resources:
        for part, value, longest in (
            ("title", resource.title, longest_title),
            ("address", resource.address, longest_address),
        ):
            if len(value) > longest:
                raise file.error(f"{resource.key}.{part}", "is too long for a text")
    for nation in Nation:
        general = [r for r in resources if Topic.GENERAL in r.topics and nation in r.nations]
        if sum(resource.discreet for resource in general) < 2:
            raise file.error("topics", f"at least two for {nation} must be general and discreet")
    return resources


def _resource(file: TomlFile, key: str, values: Mapping[str, Any]) -> Resource:
    footstep = values.get("footstep")
    if footstep is not None and type(footstep) is not int:
        raise file.error(f"{key}.footstep", "must be a number")
    return Resource(
        key=key,
        title=file.get("title", str, values),
        address=file.get("address", str, values),
        topics=_named(file, key, "topics", Topic, values),
        languages=tuple(file.get("languages", list, values)),
        nations=_named(file, key, "nations", Nation, {"nations": list(Nation), **values}),
        owner=file.get("owner", str, values),
        checked_on=file.get("checked_on", date, values),
        sure=next(iter(_named(file, key, "sure", Sure, {"sure": [values.get("sure", "seen")]}))),
        footstep=footstep,
        discreet=values.get("discreet") is not False,
    )


def _named(
    file: TomlFile, key: str, part: str, kind: type[Named], values: Mapping[str, Any]
) -> frozenset[Named]:
    names = file.get(part, list, values)
    if unknown := [name for name in names if name not in {one.value for one in kind}]:
        raise file.error(f"{key}.{part}", f"unknown {unknown[0]}")
    if not names:
        raise file.error(f"{key}.{part}", "must hold at least one")
    return frozenset(kind(name) for name in names)
