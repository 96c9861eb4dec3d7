"""Evidence: what collectors of the policy fetch when a case is escalated, so that whoever is paged sees it beside the
case. Kept once, by its digest; a collector that fails is shown as failed, and nobody's page waits for one."""
