"""YAML as policies and mappings are written in it: read with the line of every key, or with every problem."""
