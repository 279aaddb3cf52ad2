"""Sessions on the server: rows that end at sign-out, behind Flask's own interface.

The cookie holds a random key, the database only its hash; what a session holds is sealed.
Times are real time: winding a demonstration's clock signs nobody out.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from companion.clock import real_now
from companion.store import accounts
from companion.store.database import Session
from companion.web.current import RUNTIME

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How often a session that only reads is written, to keep it from ending."""
COOKIE = "companion_session"

_json = TaggedJSONSerializer()


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The values of one browser's session."""

    def __init__(self, values: dict[str, Any] | None = None, key: str | None = None) -> None:
        super().__init__(values or {}, ServerSession._changed)
        self.key = key
        self.new = key is None
        self.modified = False
        self.accessed = True
        self.old_key: str | None = None

    def _changed(self) -> None:
        self.modified = True

    def rotate(self) -> None:
        """Give the session a new key, so that one known before sign-in is worth nothing."""
        self.old_key, self.key = self.key or self.old_key, None
        self.modified = True


def hash_of(key: str) -> str:
    """Return what the database knows of a cookie's key."""
    return hashlib.sha256(key.encode()).hexdigest()


class ServerSessions(SessionInterface):
    """Loads and keeps sessions in the database."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Return the session that the cookie names, or a new one."""
        key = request.cookies.get(COOKIE)
        if not key or request.endpoint == "static":
            return ServerSession()
        transactions = app.extensions[RUNTIME].transactions
        now = real_now()
        with transactions.reading() as session:
            found = accounts.web_session(session, hash_of(key))
            if found is None or now - found.seen_at > IDLE or now - found.started_at > LONGEST:
                return ServerSession()
            values = _json.loads(accounts.session_data(session, found))
        opened = ServerSession(values, key)
        opened.modified = now - found.seen_at > SEEN_EVERY
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed; an empty session is removed together with its cookie."""
        assert isinstance(session, ServerSession)
        if not session.modified:
            return
        transactions = app.extensions[RUNTIME].transactions
        gone = session.old_key if session else session.old_key or session.key
        with transactions.begin() as database:
            if gone is not None:
                accounts.end_web_session(database, hash_of(gone))
            if session:
                self._keep(database, session)
        self._set_cookie(app, session, response)

    def _keep(self, database: Session, session: ServerSession) -> None:
        now = real_now()
        if session.key is None:
            # Whoever comes sweeps up after those who left, so that ended ones never pile up.
            accounts.forget_old_sessions(database, before=now - IDLE)
            session.key = secrets.token_urlsafe(32)
        accounts.keep_web_session(
            database,
            hash_of(session.key),
            data=_json.dumps(dict(session)),
            signed_in=session.get("_user_id"),
            now=now,
        )

    def _set_cookie(self, app: Flask, session: ServerSession, response: Response) -> None:
        secure = app.extensions[RUNTIME].settings.server.public_url.startswith("https://")
        if not session:
            response.delete_cookie(COOKIE, httponly=True, secure=secure, samesite="Lax")
            return
        assert session.key is not None
        response.set_cookie(COOKIE, session.key, httponly=True, secure=secure, samesite="Lax")
