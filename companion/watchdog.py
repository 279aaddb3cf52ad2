"""Tell a watchdog outside this machine that all is well, so that it calls somebody when we stop.

Silence is the alarm: nothing is sent while anything is wrong, and nothing needs to work
here for the watchdog to notice.
"""

import logging

import requests

from companion import health
from companion.runtime import Runtime

SECONDS = (5.0, 10.0)
"""To connect, and between two bytes of the answer."""

log = logging.getLogger(__name__)


def report(runtime: Runtime) -> bool:
    """Call the watchdog's address if all is well; tell whether it took the call."""
    url = runtime.settings.watchdog.url
    wrong = health.faults(runtime)
    if wrong:
        log.warning("not well: %s", "; ".join(wrong))
    if not url or wrong:
        return False
    try:
        with requests.Session() as session:
            session.trust_env = False
            # The answer's words do not matter, so they are not waited for.
            with session.get(url, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
                answer.raise_for_status()
                return True
    except requests.RequestException as error:
        log.warning("the watchdog cannot be reached: %s", type(error).__name__)
        return False
