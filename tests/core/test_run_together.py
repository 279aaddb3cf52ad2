"""What was written without spaces falls into the fewest known words, or stays whole."""

from hypothesis import given
from hypothesis import strategies as st

from companion.core.run_together import parted

KNOWN = {"do", "not", "want", "to", "live", "donot", "nt"}


def test_words_written_together_are_parted() -> None:
    assert parted("wanttolive", KNOWN.__contains__) == ["want", "to", "live"]


def test_the_fewest_words_are_taken() -> None:
    assert parted("donotlive", KNOWN.__contains__) == ["donot", "live"]


def test_a_way_with_fewer_words_is_taken_though_it_is_found_later() -> None:
    known = {"ab", "cd", "efghij", "abcdef", "ghij"}

    assert parted("abcdefghij", known.__contains__) == ["abcdef", "ghij"]


def test_single_letters_are_no_words() -> None:
    assert parted("abc", {"ab", "c"}.__contains__) == []


def test_no_word_is_longer_than_twelve_letters() -> None:
    assert parted("x" * 13, {"x" * 13}.__contains__) == []
    assert parted("x" * 12, {"x" * 12}.__contains__) == ["x" * 12]


def test_what_holds_an_unknown_letter_stays_whole() -> None:
    assert parted("wantxlive", KNOWN.__contains__) == []
    assert parted("wanttolivx", KNOWN.__contains__) == []
    assert parted("", KNOWN.__contains__) == []
    assert parted("a", KNOWN.__contains__) == []


@given(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=8))
def test_whatever_is_made_of_known_words_is_parted_into_known_words(words: list[str]) -> None:
    written = "".join(words)

    found = parted(written, KNOWN.__contains__)

    assert "".join(found) == written
    assert KNOWN.issuperset(found)
    assert len(found) <= len(words)
