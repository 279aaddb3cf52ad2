"""Words on staff pages, through gettext from the start. ``_`` and ``_l`` are short for these."""

from typing import Any

import flask_babel


def gettext(message: str, **values: Any) -> str:
    """Return *message* in the language of the request, with *values* put in."""
    return str(flask_babel.gettext(message, **values))


def lazy(message: str) -> Any:
    """Return *message* as something that becomes words when it is shown."""
    return flask_babel.lazy_gettext(message)
