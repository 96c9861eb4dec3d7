"""What the statements of other packages may join of the tables of people and accounts: these columns and no others."""

USERS = "(SELECT id, name FROM users)"
TEAMS = "(SELECT id, name FROM teams)"
ACCOUNTS = "(SELECT id, external_id, owner, facts FROM accounts)"
ACCOUNT_NAME = {  # of a joined account, or null: by the kind of database
    "sqlite": "json_extract(CAST(a.facts AS TEXT), '$.name')",
    "postgresql": "(convert_from(a.facts, 'UTF8')::json ->> 'name')",
}
