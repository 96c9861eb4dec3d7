"""The files of the incidents, and what this example reads of them."""

import gzip
import json
import sys
from pathlib import Path

from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.reading import parse_mapping

HERE = Path(__file__).parent
INCIDENTS = Path("incidents/uci_498_first_15000.csv.gz")
MATRIX = Path("incidents/impact_urgency_priority_observed.json")
SEVERITIES = {"1 - Critical": "critical", "2 - High": "high", "3 - Moderate": "medium", "4 - Low": "low"}
OUTCOMES = {"resolved_at", "closed_at", "closed_code", "resolved_by", "made_sla"}  # how it ends

Rating = tuple[str, str]  # impact and urgency


def mapping() -> CaseMapping:
    """The mapping beside this file. Refused where it reads a column that tells how an incident ends."""
    found = parse_mapping((HERE / "mapping.yaml").read_text(), "mapping.yaml")
    if leaks := found.all_columns & OUTCOMES:
        sys.exit(f"mapping.yaml reads {', '.join(sorted(leaks))}, which tell how an incident ends")
    return found


def matrix(path: Path) -> dict[Rating, str]:
    """The desk's own rule, as observed: the severity for impact and urgency."""
    return {(cell["impact"], cell["urgency"]): SEVERITIES[cell["priority"]] for cell in json.loads(path.read_text())}


def sample(incidents: Path, count: int, target: Path) -> Path:
    """The rows of the first `count` incidents; each one's rows stand together in the file."""
    numbers: set[str] = set()
    with gzip.open(incidents, "rt", newline="") as source, gzip.open(target, "wt", newline="") as copy:
        copy.write(next(source))
        for line in source:
            numbers.add(line.split(",", 1)[0])
            if len(numbers) > count:
                break
            copy.write(line)
    return target
