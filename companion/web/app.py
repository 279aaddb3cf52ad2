"""Build the web application from a runtime. Order matters where a comment says so."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_babel import Babel, get_locale
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader

from companion.config import ROOT, Mode
from companion.health import dead_duties, standstill
from companion.runtime import Runtime
from companion.store.database import DATABASE_TROUBLE
from companion.web import (
    about,
    access,
    agreeing,
    conversations,
    costs,
    errors,
    health,
    outcomes,
    own_questions,
    patients,
    plans,
    security,
    sharing,
    showing,
    sign_in,
    signposts,
    simulator,
    situation,
    today,
    webhook,
)
from companion.web.access import CLINICAL
from companion.web.current import RUNTIME
from companion.web.patient_page import answer_of
from companion.web.sessions import ServerSessions

LONGEST_REQUEST_BYTES = 128_000
STAFF_DOMAIN = "staff"


def create_app(runtime: Runtime) -> Flask:
    """Return the application that runs on *runtime*."""
    app = Flask(__name__)
    app.extensions[RUNTIME] = runtime
    app.session_interface = ServerSessions()
    app.config.update(
        SECRET_KEY=runtime.settings.secrets.session_key,
        MAX_CONTENT_LENGTH=LONGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=4000,
        WTF_CSRF_TIME_LIMIT=None,  # the session's own end is limit enough
        WTF_CSRF_SSL_STRICT=True,
        BABEL_DEFAULT_LOCALE="en_GB",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BABEL_DOMAIN=STAFF_DOMAIN,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
    )
    security.protect(app)
    # The limiter, in here, comes before the token check, or forged posts go uncounted.
    sign_in.set_up_sign_in(app, runtime)
    csrf = CSRFProtect(app)
    csrf.exempt(webhook.blueprint)  # signed by the provider instead
    access.guard(app)
    Babel(app)
    for module in (
        about,
        agreeing,
        conversations,
        costs,
        health,
        outcomes,
        own_questions,
        patients,
        plans,
        sharing,
        signposts,
        simulator,
        situation,
        today,
        webhook,
    ):
        app.register_blueprint(module.blueprint)
    errors.show_errors(app)
    _set_up_templates(app, runtime)
    return app


def _set_up_templates(app: Flask, runtime: Runtime) -> None:
    own = PackageLoader("companion.web")
    # The component library's files end in .jinja, which Flask would leave unescaped.
    app.jinja_env.autoescape = lambda name: not (name or "").endswith(".txt")
    app.jinja_loader = ChoiceLoader([own, PackageLoader("nhsuk_frontend_jinja")])
    app.jinja_env.undefined = ChainableUndefined  # the component library needs it
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(showing.FILTERS)
    app.jinja_env.globals["answer_of"] = answer_of
    app.context_processor(lambda: _for_every_page(runtime))


def _health(runtime: Runtime) -> dict[str, Any]:
    try:
        return {"still": standstill(runtime), "stopped": bool(dead_duties(runtime))}
    except DATABASE_TROUBLE:
        return {"stopped": True}


def _for_every_page(runtime: Runtime) -> dict[str, Any]:
    demo = runtime.settings.service.mode is Mode.DEMO
    signed_in = current_user.is_authenticated
    return {
        "locale": get_locale(),
        **(_health(runtime) if signed_in else {}),
        "demo_time": runtime.clock.now() if demo else None,
        "works_with_patients": signed_in and bool(set(CLINICAL) & current_user.role_names),
        "may_see_costs": signed_in and bool(set(costs.MAY_SEE) & current_user.role_names),
        "segment_price": runtime.settings.sms.segment_price,
        "prescribes": signed_in and access.prescribes(),
        "may_plan": signed_in and bool(set(access.PLANNERS) & current_user.role_names),
    }
