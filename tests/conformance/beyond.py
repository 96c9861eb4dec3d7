"""Which recorded cases are about something that Tocsin does not have. Run as a program, it names them in README.md."""

from pathlib import Path

from tests.recorded import Case, read

PAGE = Path(__file__).parent / "README.md"
SUBJECTS = ("cel", "oncall")
_BEGIN = "<!-- written by `python -m tests.conformance.beyond` -->\n"
_EXTENSIONS = {"string_ext": "the extension library of strings", "math_ext": "the extension library of numbers"}
_EVERY_DAY = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}


def days_of(rotation: Case) -> int | None:
    """The rotation's length in days; None where it is no number of days. 24 hours keep their wall time: a day."""
    kind, length = rotation["type"], rotation["shift_length"]
    if kind == "hourly":
        return length // 24 if length % 24 == 0 else None
    return {"daily": length, "weekly": 7 * length}.get(kind)


def _of_a_roster(case: Case) -> str | None:
    """What is more than one rotation by days."""
    operation = case["op"]
    if operation in ("rotation_handoffs", "rotation_shift_end"):
        return None if days_of(case["rotation"]) else "shifts of hours or months"
    if operation == "rolling_users_by_day":
        if set(case["by_day"]) != _EVERY_DAY:
            return "restricted to days of the week"
        return None if case["frequency"] == "daily" else "frequencies by day of the week"
    if operation in ("rule_is_active", "rule_start", "rule_end", "schedule_shifts"):
        return "restrictions to hours of the day"
    return "several people or layers on call at once"


def why_not(case: Case) -> str | None:
    """What the case asks for that there is not; None for one that is run."""
    return _of_a_roster(case) if "op" in case else _EXTENSIONS.get(case["id"].partition("/")[0])


def runs(case: Case) -> bool:
    return why_not(case) is None


def page() -> str:
    """The page with the tables as the cases give them."""
    return PAGE.read_text().partition(_BEGIN)[0] + _BEGIN + "\n" + "\n".join(map(_table, SUBJECTS))


def _table(subject: str) -> str:
    named: dict[str, list[str]] = {}
    for case in read(subject):
        if (reason := why_not(case)) is not None:
            named.setdefault(reason, []).append(f"`{case['id']}`")
    rows = [f"| {reason} | {', '.join(names)} |" for reason, names in named.items()]
    return "\n".join([f"| not in Tocsin ({subject}) | cases |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(page())
