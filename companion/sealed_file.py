"""A file of lines that only a key opens: compressed, then sealed piece by piece.

Each file has a key of its own, derived from ours with a random salt (HKDF-SHA-256). Each
piece is AES-256-GCM with its number as nonce, and the last one says that it is the last:
a file that was altered, reordered or cut short does not open.
"""

import os
import zlib
from collections.abc import Iterable, Iterator
from itertools import count
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = b"Tapering Companion sealed file 1\n"
SALT_BYTES = 32
PIECE_BYTES = 1_000_000
TAG_BYTES = 16
LENGTH_BYTES = 4


class Source(Protocol):
    """What a sealed file is read from."""

    def read(self, size: int) -> bytes:
        """Return the next *size* bytes, or what is left."""
        ...


class SealedFileError(ValueError):
    """The file does not open. The message is for an operator."""


def seal_lines(lines: Iterable[bytes], out: BinaryIO, *, key: bytes) -> int:
    """Write *lines*, which hold no line break, to *out*, and return how many. *key* is 32 bytes."""
    salt = os.urandom(SALT_BYTES)
    out.write(FORMAT + salt)
    cipher = _cipher(key, salt)
    told = count()
    counted = (line for line, _ in zip(lines, told, strict=False))
    for number, (piece, last) in enumerate(_with_last(_pieces(counted))):
        sealed = cipher.encrypt(_nonce(number), piece, _end(last=last))
        out.write(len(sealed).to_bytes(LENGTH_BYTES) + sealed)
    return next(told)


def open_lines(source: Source, *, key: bytes) -> Iterator[bytes]:
    """Yield the lines of a sealed file. Only when all have come is it known to be whole.

    Raises:
        SealedFileError: it is no such file, the key is another, or it was changed or cut.
    """
    if source.read(len(FORMAT)) != FORMAT:
        raise SealedFileError("this is no backup of Tapering Companion")
    cipher = _cipher(key, source.read(SALT_BYTES))
    unpack, rest = zlib.decompressobj(), b""
    for piece in _opened(source, cipher):
        *lines, rest = (rest + unpack.decompress(piece)).split(b"\n")
        yield from lines
    assert not rest  # every line was written with its end


def _opened(source: Source, cipher: AESGCM) -> Iterator[bytes]:
    number, head = 0, source.read(LENGTH_BYTES)
    while head or number == 0:
        length = int.from_bytes(head)
        if not TAG_BYTES <= length <= PIECE_BYTES + TAG_BYTES:
            raise SealedFileError("the file was cut short or changed")
        sealed, head = source.read(length), source.read(LENGTH_BYTES)
        try:
            yield cipher.decrypt(_nonce(number), sealed, _end(last=not head))
        except InvalidTag as error:
            raise SealedFileError(
                "the file does not open: another key, or it was cut short or changed"
            ) from error
        number += 1


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    pack, waiting = zlib.compressobj(), bytearray()
    for line in lines:
        waiting += pack.compress(line + b"\n")
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
    waiting += pack.flush()
    while len(waiting) > PIECE_BYTES:
        yield bytes(waiting[:PIECE_BYTES])
        del waiting[:PIECE_BYTES]
    yield bytes(waiting)


def _with_last(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(pieces)
    for piece in pieces:
        yield held, False
        held = piece
    yield held, True


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, FORMAT).derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)


def _end(*, last: bool) -> bytes:
    return b"last" if last else b"more"
