"""How this works, for somebody who has never used it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from companion.web.access import open_to_all

blueprint = Blueprint("about", __name__)


@blueprint.get("/how-it-works")
@open_to_all
def how_it_works() -> ResponseReturnValue:
    """Explain the service in plain words."""
    return render_template("how_it_works.html")
