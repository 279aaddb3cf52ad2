"""Load the protocols, and say of a file that cannot be followed all that is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from companion.core.protocols import Cadence, Often, Protocol, ProtocolError
from companion.core.questions import Question
from companion.vocabulary import TomlFile, WordsError

NEEDED = ("taper", "hold", "after-taper", "post-discharge")
KEYS = frozenset({"questions", "extra", *Often})


def load_protocols(folder: Path) -> dict[str, Protocol]:
    """Return every protocol of *folder* by its file's name.

    Raises:
        WordsError: one is missing or cannot be followed; every fault is named.
    """
    protocols = {path.stem: load_protocol(path) for path in sorted(folder.glob("*.toml"))}
    for needed in NEEDED:
        if needed not in protocols:
            raise WordsError(f"{needed}.toml: is missing")
    return protocols


def load_protocol(path: Path) -> Protocol:
    """Return the protocol in one file.

    Raises:
        WordsError: it cannot be followed; every fault is named.
    """
    file = TomlFile.load(path)
    if unknown := file.values.keys() - KEYS:
        raise file.error(min(unknown), "is no part of a protocol")
    extra = {}
    for day, names in file.get("extra", dict).items():
        if not day.isdecimal():
            raise file.error(f"extra.{day}", "must be a number of days")
        extra[int(day)] = _questions(file, f"extra.{day}", names)
    questions = _questions(file, "questions", file.get("questions", list))
    cadences = {often: _cadence(file, often) for often in Often}
    try:
        return Protocol(path.stem, questions, cadences, extra)
    except ProtocolError as error:
        raise file.error("protocol", str(error)) from error


def _questions(file: TomlFile, key: str, names: Any) -> tuple[Question, ...]:
    if not isinstance(names, list) or not names:
        raise file.error(key, "must hold at least one question")
    if unknown := [name for name in names if name not in set(Question)]:
        raise file.error(key, f"unknown question {unknown[0]}")
    return tuple(Question(name) for name in names)


def _cadence(file: TomlFile, often: Often) -> Cadence:
    values: Mapping[str, Any] = file.get(often, dict)
    days = file.get("days_after", list, values)
    if not all(type(day) is int for day in days):
        raise file.error(f"{often}.days_after", "must hold whole numbers")
    return Cadence(tuple(days), file.get("then_every_days", int, values))
