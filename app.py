"""The WSGI application: settings, then what the service runs on, then its pages."""

from companion.config import load_settings
from companion.runtime import build_runtime
from companion.web.app import create_app

app = create_app(build_runtime(load_settings()))
