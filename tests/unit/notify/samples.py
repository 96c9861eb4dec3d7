"""Samples of what messages are made of."""

from typing import Any

from tocsin.core import canonical
from tocsin.core.clock import MINUTE
from tocsin.notify import messages
from tocsin.notify.facts import PageFacts
from tocsin.notify.messages import Envelope, Subject

EVERYWHERE = [
    "API is down",
    "Größte Störung in München – Übertragung der Daten schlägt fehl und niemand weiß, warum das so ist",
    "系统完全瘫痪,所有用户都无法登录,请立即处理这个非常紧急的问题,否则我们将失去所有客户",
    "ログインできません。至急ご対応をお願いいたします。本番環境が停止しています。",
    "النظام متوقف تماما ولا يمكن لأي مستخدم تسجيل الدخول ABC 123 إلى النظام",
    "המערכת מושבתת לחלוטין ואף משתמש אינו יכול להתחבר",
    "می‌خواهم بدانم چرا سامانه از کار افتاده است",
    "सर्वर बंद है और कोई भी उपयोगकर्ता लॉग इन नहीं कर पा रहा है",
    "ระบบล่มทั้งหมดและไม่มีใครเข้าสู่ระบบได้เลยตั้งแต่เมื่อคืน",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽 down 🔥🔥🔥 everything is on fire 🚒",
    "e\u0301tat de\u0301grade\u0301 du re\u0301seau, ä a\u0308",
    "Zalgo " + "a" + "\u0301\u0300\u0323" * 40 + " end",
    "x" * 400,
    "ö" * 200,
    "two  spaces   three",
    "=?utf-8?q?not_encoded?= but said so",
    'quotes "and" \\ and <angles> (brackets), commas; colons: @ all of it',
    "Prix : 1\u00a0000\u00a0€ « demain »\u3000全角",
    "a ö b ü c ä d ß e",
]


URL = "https://tocsin.test"


AT = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z, 11:00 in Berlin
ABOUT = Subject(
    142, "Z-1", "API down", "executive", "critical", AT, False, "C-17", b'{"arr":1900000.0,"name":"Meridian Airways"}'
)


TO = Envelope(1 << 40, "anna", 1, "Anna Ström", "Europe/Berlin")


FACTS = PageFacts(
    display="Anna Ström",
    zone="Europe/Berlin",
    number=142,
    ticket="Z-1",
    subject="API down",
    customer="Meridian Airways",
    severity="critical",
    level="executive",
    opened_at=AT,
    kind="technical",
    type="Service outage",
    product_area="api",
    users_affected=5000,
    words="Since two nobody can log in.",
    path="critical",
    round=1,
    step=1,
    steps=3,
    target="oncall:senior",
    team="support",
    due_at=AT + 15 * MINUTE,
    next_people=("Bo",),
    next_at=AT + 5 * MINUTE,
    url="https://tocsin.test/cases/142",
    ticket_url="https://desk.test/Z-1",
    acknowledge_link="https://tocsin.test/acknowledge/token",
    decline_link="https://tocsin.test/decline/token",
    next={
        "asks": "acknowledge",
        "question": "Who has it?",
        "acts": ["acknowledge", "decline"],
        "otherwise": "The path pages Bo.",
        "at": "2026-03-02T10:05:00Z",
    },
)


def page(about: Subject = ABOUT, facts: PageFacts = FACTS) -> dict[str, Any]:
    return canonical.decode(messages.page(TO, 7, about, facts, URL))  # type: ignore[no-any-return]
