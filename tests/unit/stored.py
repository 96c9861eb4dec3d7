"""Payloads of every kind of event, as stories of an earlier revision stored them."""

import json
from pathlib import Path

STORED = [json.loads(line) for line in Path(__file__).with_name("payloads.jsonl").read_text().splitlines()]
