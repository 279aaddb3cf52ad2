"""Which crisis services a nation has: the key of the text that names them."""

from companion.core.working import Nation

_OWN = {Nation.SCOTLAND: "_scotland", Nation.NORTHERN_IRELAND: "_northern_ireland"}
"""England and Wales both have 111, option 2."""


def crisis_key(key: str, nation: Nation) -> str:
    """Return the key of the crisis text *key* (``crisis`` or ``help``) for *nation*."""
    return key + _OWN.get(nation, "")


def call_key(nation: Nation) -> str:
    """Return the key of what to do when it cannot wait: Northern Ireland has no NHS 111."""
    return "call_out_of_hours" if nation is Nation.NORTHERN_IRELAND else "call_111"
