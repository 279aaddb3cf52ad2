"""Every text of every protocol can be read before anybody gets it, with what it costs."""

import pytest

from tests.rigs.clinic import Clinic, words_of


@pytest.mark.parametrize("name", ["taper", "hold", "after-taper", "post-discharge"])
def test_a_whole_conversation_can_be_read(clinic: Clinic, name: str) -> None:
    page = words_of(clinic.signed_in("follow-up").get(f"/conversations/{name}/en-GB"))

    assert "how bad is your pain now" in page
    assert "Sorry, we didn't understand. How bad is your pain now" in page
    assert "call 999 now" in page
    assert "1 segment, at most 3" in page
    assert "{" not in page


def test_what_is_asked_on_which_days_is_listed(clinic: Clinic) -> None:
    page = words_of(clinic.signed_in("follow-up").get("/conversations/"))

    assert "After discharge" in page
    assert "days 4, 7, 14, 21, 28" in page
    assert "on day 14 also: left over" in page
    assert "days 2, 4, 7, then every 7 days" in page


@pytest.mark.parametrize("path", ["taper/xx", "nothing/en-GB"])
def test_what_there_is_not_is_not_found(clinic: Clinic, path: str) -> None:
    assert clinic.signed_in("follow-up").get(f"/conversations/{path}").status_code == 404
