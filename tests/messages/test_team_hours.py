"""A team's hours are said in the patient's language where they can be read."""

import pytest

from companion.team_hours import hours_in


@pytest.mark.parametrize(
    ("written", "tag", "said"),
    [
        ("Mon to Fri, 9am to 5pm", "pl", "pon.-pt. 09:00-17:00"),
        ("mon to sun, 8.30am to 12pm", "pl", "pon.-niedz. 08:30-12:00"),
        ("Tue to Thu, 12am to 12:30pm", "pl", "wt.-czw. 00:00-12:30"),
        ("Mon to Fri, 9am to 5pm", "ur", "پیر-جمعہ \u200e9:00 AM-5:00 PM"),
        ("Mon to Fri, 9am to 5pm", "en-GB", "Mon to Fri, 9am to 5pm"),
        ("weekdays from 9", "pl", "weekdays from 9"),
        ("Mon to Fri, 9am to 5pm, not on Wed", "pl", "Mon to Fri, 9am to 5pm, not on Wed"),
        ("Mon to Fri, 13am to 5pm", "pl", "Mon to Fri, 13am to 5pm"),
    ],
)
def test_hours_are_said_in_another_language_or_stand_as_written(
    written: str, tag: str, said: str
) -> None:
    assert " ".join(hours_in(written, tag).split()) == said
