"""How well the risk of an escalation is estimated on real incidents."""
