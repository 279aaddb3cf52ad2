"""Sealed columns: AES-256-GCM bound to table, column and row, and keyed hashes to find by.

A sealed value moved to another row, column or table does not open. Equal values look
different each time, so nothing can be searched by them: :meth:`Keyring.fingerprint`
is for that, with a key of its own.
"""

import base64
import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
FORMAT = "1."
"""Marks which key and layout sealed a value, so that keys can be changed later."""


class SealError(Exception):
    """A sealed value does not open: wrong key, or moved or altered since it was sealed."""


class Keyring:
    """The keys for sealing and for finding. Both are 32 random bytes, base64 in settings.

    Raises:
        ValueError: a key is not 32 bytes of base64.
    """

    def __init__(self, *, data_key: str, index_key: str) -> None:
        self._cipher = AESGCM(key_from(data_key, "secrets.data_key"))
        self._index_key = key_from(index_key, "secrets.index_key")

    def seal(self, text: str, *, table: str, column: str, row_id: UUID) -> str:
        """Seal *text* for exactly one place."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), _place(table, column, row_id))
        return FORMAT + base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, table: str, column: str, row_id: UUID) -> str:
        """Open what was sealed for this place.

        Raises:
            SealError: the value was sealed elsewhere, by another key, or was altered.
        """
        try:
            raw = base64.b64decode(sealed.removeprefix(FORMAT), validate=True)
            place = _place(table, column, row_id)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(f"{table}.{column} does not open") from error

    def fingerprint(self, kind: str, value: str) -> str:
        """Return a keyed hash of *value*, the same each time, to find a row by.

        *kind* keeps a phone number and an NHS number of the same digits apart.
        """
        message = f"{kind}\x00{value}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def throw_away_keyring() -> Keyring:
    """Return keys that nobody keeps, for a database that is thrown away."""
    data_key, index_key = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    return Keyring(data_key=data_key, index_key=index_key)


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}\x00{column}\x00{row_id}".encode()


def key_from(text: str, name: str) -> bytes:
    """Return the key that *text* is the base64 of; *name* is its setting.

    Raises:
        ValueError: it is not 32 bytes of base64.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError(f"{name} is not base64") from error
    if len(key) != 32:
        raise ValueError(f"{name} must be 32 bytes of base64, this is {len(key)}")
    return key
