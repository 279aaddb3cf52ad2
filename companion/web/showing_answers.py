"""How the questions of check-ins and their answers are written on pages.

An organisation's own questions are not among them: it names those itself.
"""

from decimal import Decimal

from companion.core.doses import plain
from companion.core.questions import Question
from companion.web.words import gettext as _


def question(asked: Question) -> str:
    """Return what a question is about."""
    return {
        Question.PAIN: _("Pain (0 none to 10 worst)"),
        Question.USE: _("Use"),
        Question.TABLETS: _("Tablets in 24 hours"),
        Question.COPING: _("Coping (0 cannot to 10 well)"),
        Question.WITHDRAWAL: _("Withdrawal (0 none to 3 a lot)"),
        Question.INTEREST: _("Little interest (PHQ-2, 0 to 3)"),
        Question.MOOD: _("Feeling down (PHQ-2, 0 to 3)"),
        Question.CONFIDENCE: _("Sure of the next step (0 to 10)"),
        Question.LEFT_OVER: _("Left over"),
    }[asked]


def answer(asked: Question, value: Decimal) -> str:
    """Return an answer in words where it stands for words."""
    if asked is Question.USE:
        words = (_("as agreed"), _("less"), _("more"), _("back on an earlier dose"))
        return words[int(value) - 1]
    if asked is Question.LEFT_OVER:
        return (_("some"), _("none"))[int(value) - 1]
    return plain(value)


def short_question(asked: Question) -> str:
    """Return what a question is about in a word or two, for a line of answers."""
    return {
        Question.PAIN: _("pain"),
        Question.USE: _("use"),
        Question.TABLETS: _("tablets"),
        Question.COPING: _("coping"),
        Question.WITHDRAWAL: _("withdrawal"),
        Question.INTEREST: _("little interest"),
        Question.MOOD: _("feeling down"),
        Question.CONFIDENCE: _("sure of the next step"),
        Question.LEFT_OVER: _("left over"),
    }[asked]
