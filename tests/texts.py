"""What people should never have to read."""

import re

RAW = re.compile(r"\b[0-9a-f]{32,}\b|\b[0-7][0-9a-hjkmnp-tv-z]{12}\b|\d{4}-\d\d-\d\dT\d\d|\b\d{12,}\b")
