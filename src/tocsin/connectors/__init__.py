"""Connectors: what other tools deliver comes in, and what follows here goes back to them.

`port` says what a connector is; `pack` reads the folders beside it, each of which declares one; `engine` serves them;
`store` has the connectors of this installation, `reception` takes what is delivered to them, `deliveries` keeps it.
"""
