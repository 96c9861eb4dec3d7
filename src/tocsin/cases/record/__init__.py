"""The record of cases: folded again from the journal, compared with their rows, put right."""
