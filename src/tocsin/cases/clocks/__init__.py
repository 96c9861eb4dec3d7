"""The clocks of a case: which start, what their rows become, what a warning and a breach bring about."""
