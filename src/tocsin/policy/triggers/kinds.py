"""Every kind of trigger that there is. Schema, reading, check, reasons, docs and pages are derived from this list."""

from tocsin.policy.triggers.alerts import ALERT
from tocsin.policy.triggers.counting import ACCOUNT_CASES, COUNT, REPLIES
from tocsin.policy.triggers.heartbeats import HEARTBEAT
from tocsin.policy.triggers.kind import TriggerKind
from tocsin.policy.triggers.numbers import NUMBER, UPTIME
from tocsin.policy.triggers.saying import SAID
from tocsin.policy.triggers.silence import SILENCE
from tocsin.policy.triggers.surges import SURGE

TRIGGERS: dict[str, TriggerKind] = {
    kind.name: kind for kind in (NUMBER, ALERT, UPTIME, SAID, COUNT, ACCOUNT_CASES, SURGE, REPLIES, SILENCE, HEARTBEAT)
}
TEXTS: dict[str, str] = {code: text for kind in TRIGGERS.values() for code, text in kind.told.items()}
