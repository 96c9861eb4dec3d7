"""docs/import.md says what is: its mapping is sound, and it names every key."""

import re
from pathlib import Path

from tocsin.intake.mapping_reading import RULE_KEYS, SETTINGS, parse_mapping

PAGE = (Path(__file__).parents[3] / "docs" / "import.md").read_text()


def test_the_example_is_a_sound_mapping() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    mapping = parse_mapping(example)
    assert mapping.row == "each"
    assert {"number", "short_description", "is_vip", "contract"} <= mapping.columns


def test_every_key_is_described() -> None:
    table = {name for cell in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)}
    assert table == set(RULE_KEYS)
    assert all(f"\n{name}: " in PAGE for name in SETTINGS)
