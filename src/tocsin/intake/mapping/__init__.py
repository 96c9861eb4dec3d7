"""The mapping: how what another system writes becomes tickets and signals. One language for the rows of files,
histories, webhooks and connectors; docs/mapping.md describes it.

`reading.parse_mapping` reads the document of a file, `reading.delivered_mapping` that of a webhook, `rows` binds the
first to a header, `deliveries` applies the second to JSON, `draft` writes one for an unknown file.
"""
