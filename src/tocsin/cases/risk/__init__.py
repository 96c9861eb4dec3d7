"""Which cases below an escalation may yet become one: estimated by what has become of others, shown with its reasons,
and left to people. Nothing escalates by it."""
