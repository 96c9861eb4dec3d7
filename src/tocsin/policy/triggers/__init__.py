"""Rules that escalate without a person: each kind is one value, declared once in the file of its subject."""
