"""Wording as it was loaded, to make another of it."""

from dataclasses import fields
from typing import Any

from companion.wording import Wording


def parts_of(wording: Wording) -> dict[str, Any]:
    """Return what *wording* was made of, by name."""
    return {part.name: getattr(wording, part.name) for part in fields(wording)}
