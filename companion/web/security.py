"""What every answer carries so that a browser keeps to our own pages, and nothing is stored."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from companion.web.current import current_runtime

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_YEAR_SECONDS = 31_536_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def protect(app: Flask) -> None:
    """Set the headers on every answer and refuse forms from other sites."""
    app.before_request(_refuse_other_origins)
    app.after_request(_set_headers)


def _refuse_other_origins() -> None:
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    ours = {request.host, urlsplit(current_runtime().settings.server.public_url).netloc}
    if urlsplit(origin).netloc not in ours:
        abort(HTTPStatus.FORBIDDEN)


def _set_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if current_runtime().settings.server.public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = (
            f"max-age={A_YEAR_SECONDS}; includeSubDomains"
        )
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
