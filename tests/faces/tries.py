"""A body for each resource below a case."""

from typing import Any

DUE = "2099-01-01T00:00:00Z"


TRIES: dict[str, tuple[str, dict[str, Any]]] = {
    "assign": ("assignment", {"owner": "bo"}),
    "acknowledge": ("acknowledgement", {}),
    "decline": ("acknowledgement", {"decline": True}),
    "raise": ("escalation", {"level": "senior", "reason": "r"}),
    "request": ("escalation", {"level": "executive", "reason": "r", "request": True}),
    "answer-request": ("escalation/answer", {"accept": True}),
    "lower": ("deescalation", {"level": "standard", "reason": "r"}),
    "override": ("override", {"severity": "high", "reason": "r"}),
    "correct": ("correction", {"what": "false_alarm", "reason": "r"}),
    "answer-triage": ("triage", {"level": "standard", "reason": "r"}),
    "snooze-triage": ("triage-snooze", {"reason": "r"}),
    "hold": ("hold", {"reason": "r"}),
    "resume": ("hold", {"release": True}),
    "contain": ("containment", {}),
    "confirm-containment": ("containment", {"verdict": "confirm"}),
    "reject-containment": ("containment", {"verdict": "reject", "reason": "r"}),
    "resolve": ("resolution", {}),
    "confirm-resolution": ("resolution", {"verdict": "confirm"}),
    "reject-resolution": ("resolution", {"verdict": "reject", "reason": "r"}),
    "reopen": ("reopening", {"reason": "r"}),
    "close": ("closure", {}),
    "extend": ("relief", {"clock": "resolve", "due_at": DUE, "reason": "r"}),
    "link": ("links", {"kind": "related"}),
    "unlink": ("links", {"kind": "related", "unlink": True}),
    "answer-risk": ("risk", {"answer": "seen"}),
    "dismiss-parent": ("dismissed-parents", {}),
    "note": ("notes", {"text": "t"}),
    "call-in": ("call-ins", {"team": "support"}),
    "bridge": ("bridge", {"address": "https://meet.example.com/17"}),
    "follow": ("following", {}),
    "unfollow": ("following", {"unfollow": True}),
    "undo": ("undo", {}),
    "restrict": ("confidentiality", {"names": [], "reason": "r"}),
    "send-update": ("updates", {"text": "t"}),
    "explain": ("explanation", {"text": "t"}),
    "ask-team": ("questions", {"team": "support", "question": "q"}),
    "answer-team": ("answers", {"answer": "a"}),
    "mark-milestone": ("milestones", {"milestone": "authority-warned"}),
}


LINKING = ("link", "unlink", "dismiss-parent")  # what takes another case, too
