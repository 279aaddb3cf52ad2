"""What to do about an alert, by the rule that raised it: for whoever picks it up.

Words for staff, reviewed together with ``core.triage``. None of them tells anybody to
change a dose: a dose changes only by a version that is agreed.
"""

_CALL_NOW = (
    "Call now. If they do not answer and may be in danger, call 999 to their address. "
    "Ask about naloxone, and who is with them."
)
_CALL_TODAY = "Call today. Ask how they are, what they take now, and whether they are safe."
_ADD_UP = (
    "Call today. Ask what was taken, when, and with what else. Say why the old dose can now be "
    "dangerous, and check naloxone."
)
_LOOK_AT_PACE = (
    "Call on the next working day. Ask what helps and what does not, and offer to hold or slow "
    "the plan."
)
_REACH_THEM = (
    "Ring them, or write: the service does not reach them. Look whether the number is right."
)
_READ = "Read what they wrote, and answer if it needs an answer."
_LOOK_AT_SERVICE = "Tell whoever runs the service. Until then ring those who wait for an answer."

WHAT_TO_DO = {
    "T-01": _LOOK_AT_PACE,
    "T-02": _LOOK_AT_PACE,
    "T-03": _ADD_UP,
    "T-04": _ADD_UP,
    "T-05": _CALL_TODAY,
    "T-06": _CALL_NOW,
    "T-07": _CALL_TODAY,
    "T-08": _READ,
    "T-09": "Call and take the answers by telephone. Ask whether another language would suit better.",
    "T-10": _READ,
    "T-11": "Call within two or three working days, sooner in a week after a cut. Silence is not well.",
    "T-12": "Call and ask why. Agree how they are followed without texts, and write it down.",
    "T-13": "Ring another way that you have. Correct the number before any text goes out.",
    "T-14": "Call. Make sure that there is enough of the dose that is held, and agree what comes next.",
    "T-15": "Read it. If it may be one of your patients, ring them on the number in their record.",
    "T-16": "Tell whoever else looks after them, and agree who follows the taper now.",
    "T-17": "Look at the redrawn plan on their page with them, then propose it or say no.",
    "T-18": "Call, go through the plan together, and mark it as agreed by telephone or send a new code.",
    "T-19": "Call, find out what is really taken, and write it down on their page.",
    "T-20": "Call. Ask since when and how bad. Offer to hold or slow the plan; severe needs a prescriber.",
    "T-21": "Call today. Ask the whole PHQ-9, and about thoughts of ending their life.",
    "T-22": _ADD_UP,
    "T-23": _LOOK_AT_PACE,
    "T-24": _LOOK_AT_PACE,
    "T-25": "Call. Ask whether another hour, other days, or fewer texts would suit better.",
    "T-26": _LOOK_AT_PACE,
    "T-27": "Call with an interpreter where needed, and change the language on their details.",
    "T-28": "Hold the two-week review, and tell the GP what is still taken and who follows it.",
    "T-29": "Read their texts in order. If it is not clear which question was meant, ask them.",
    "T-30": "Ring them: look whether the number is right, and ask them to reply 1 to our first text.",
    "T-31": "See why texts were stopped. If they are the right person, start them again on their page.",
    "U-01": _REACH_THEM,
    "U-02": _REACH_THEM,
    "U-03": _REACH_THEM,
    "U-04": _REACH_THEM,
    "R-01": _READ,
    "R-02": _READ,
    "R-03": _READ,
    "S-01": _LOOK_AT_SERVICE,
    "S-02": "Put somebody on the rota for today.",
    "S-03": _LOOK_AT_SERVICE,
}
"""One line for each rule that raises an alert."""
