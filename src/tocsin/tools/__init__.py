"""What channels and connectors share: a client for HTTP, sending by lanes, and alarms as a port."""
