"""A sealed file opens whole and with its key, or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import sealed_file
from companion.sealed_file import SealedFileError, open_lines, seal_lines

KEY, ANOTHER = b"k" * 32, b"a" * 32
LINES = [b"one", b"", b"three " * 100]


def sealed(lines: list[bytes], key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    seal_lines(lines, out, key=key)
    return out.getvalue()


def opened(content: bytes, key: bytes = KEY) -> list[bytes]:
    return list(open_lines(io.BytesIO(content), key=key))


@given(st.lists(st.binary(max_size=200).map(lambda line: line.replace(b"\n", b""))))
def test_lines_come_back_as_they_went_in(lines: list[bytes]) -> None:
    assert opened(sealed(lines)) == lines


def test_many_pieces_come_back_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PIECE_BYTES", 64)
    lines = [bytes([number, number * 7 % 256]) * 20 for number in range(9, 200, 3)]
    lines = [line.replace(b"\n", b"") for line in lines]

    assert opened(sealed(lines)) == lines


@pytest.mark.parametrize("at", [0, 40, 70, -1])
def test_a_changed_byte_opens_nothing(at: int) -> None:
    content = bytearray(sealed(LINES))
    content[at] ^= 1

    with pytest.raises(SealedFileError):
        opened(bytes(content))


def test_a_file_cut_anywhere_does_not_open_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PIECE_BYTES", 64)
    content = sealed([b"%d" % (number**9) for number in range(100)])

    for length in range(len(content)):
        with pytest.raises(SealedFileError):
            opened(content[:length])


def test_a_longer_file_does_not_open_to_its_end() -> None:
    with pytest.raises(SealedFileError):
        opened(sealed(LINES) + b"more")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealedFileError, match="another key"):
        opened(sealed(LINES), ANOTHER)


def test_something_else_is_no_sealed_file() -> None:
    with pytest.raises(SealedFileError, match="no backup"):
        opened(b"SQLite format 3\0")


def test_equal_lines_look_different_each_time() -> None:
    assert sealed(LINES) != sealed(LINES)
    assert b"three" not in sealed(LINES)
