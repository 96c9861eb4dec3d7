"""docs/mapping.md says what is: its examples are sound mappings, and it names every key."""

import re
from pathlib import Path

from tocsin.intake.mapping.deliveries import DeliveredMapping
from tocsin.intake.mapping.reading import OF_DELIVERIES, SETTINGS, delivered_mapping, parse_mapping
from tocsin.intake.mapping.rules import RULE_KEYS
from tocsin.policy.yaml.lines import read

PAGE = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text()
FILE, SHORT, SEVERAL = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_are_sound_mappings() -> None:
    mapping = parse_mapping(FILE)
    assert mapping.row == "each"
    assert {"number", "short_description", "is_vip", "contract", "sla"} <= mapping.columns
    assert not DeliveredMapping(delivered_mapping(read(SHORT).data)).several
    assert DeliveredMapping(delivered_mapping(read(SEVERAL).data)).several


def test_every_key_is_described() -> None:
    table = {name for cell in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)}
    assert table == set(RULE_KEYS)
    assert all(f"\n{name}:" in FILE for name in SETTINGS)
    assert all(f"`{name}`" in PAGE for name in OF_DELIVERIES)
