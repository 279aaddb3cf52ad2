"""How many texts went in each month, and what they cost."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from companion.core.calendar import local_day, moment_on
from companion.core.sending import MessageKind
from companion.store import sent
from companion.store.accounts import RoleName
from companion.store.sent import Sent
from companion.web.access import CLINICAL, requires
from companion.web.current import current_runtime, current_scope, current_zone, now

MONTHS_SHOWN = 12
MAY_SEE = (*CLINICAL, RoleName.ADMINISTRATOR)

blueprint = Blueprint("costs", __name__)


@dataclass(frozen=True, slots=True)
class Month:
    """What one organisation sent in one month of its own calendar."""

    first_day: date
    kinds: dict[MessageKind, Sent]

    @property
    def total(self) -> Sent:
        """All kinds together."""
        return sum(self.kinds.values(), Sent())


@blueprint.get("/costs")
@requires(*MAY_SEE)
def listed() -> ResponseReturnValue:
    """Show the last twelve months, the newest first."""
    zone, scope = current_zone(), current_scope()
    first = local_day(now(), zone).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    months = []
    with current_runtime().transactions.reading() as session:
        for _month in range(MONTHS_SHOWN):
            bounds = [moment_on(day, time(0), zone) for day in (first, after)]
            months.append(Month(first, sent.sent_between(session, scope, *bounds)))
            first, after = (first - timedelta(days=1)).replace(day=1), first
    while len(months) > 1 and not months[-1].kinds:
        months.pop()  # before the service was used
    # *one* is no literal in the template: Jinja would work out its price when it compiles.
    return render_template("costs.html", months=months, kinds=list(MessageKind), one=1)
