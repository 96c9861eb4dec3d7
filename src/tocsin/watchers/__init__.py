"""Who watches the watchmen: the auditor, the heartbeat, the synthetic page, the node's lease, and recurring jobs."""
