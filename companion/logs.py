"""The log: one JSON line for each event, ids and rule names only.

A filter masks what looks like a phone or an NHS number, should one ever get in by way of
an error of a library. Texts, names and doses are never logged in the first place.
"""

import logging
import re
import sys
from typing import TextIO

import structlog

NUMBERS = re.compile(r"(?<![\w-])\+?\d[\d ]{8,}\d(?![\w-])")
"""Ten digits or more in a row, with or without spaces: phones and NHS numbers."""
QUIET = ("alembic", "twilio", "apscheduler", "urllib3", "waitress.queue", "sqlalchemy")
"""Libraries that log what they send, or every tick."""


def mask(text: str) -> str:
    """Hide every long number in *text*."""
    return NUMBERS.sub("[number]", text)


def _masked(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


def start_logging(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send everything that is logged to *stream*, standard error by default, as JSON lines."""
    chain: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _masked,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
