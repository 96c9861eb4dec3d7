"""Escalation along a path: where it begins, whom each step notifies, and when."""
