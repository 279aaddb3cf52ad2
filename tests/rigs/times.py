"""Moments that tests agree on."""

from datetime import UTC, datetime

MONDAY_NINE = datetime(2027, 1, 4, 9, tzinfo=UTC)
"""A Monday in winter, when London keeps UTC."""
