"""What the statements of other packages may join of the tables of people and accounts: these columns and no others."""

USERS = "(SELECT id, name FROM users)"
TEAMS = "(SELECT id, name FROM teams)"
ACCOUNTS = "(SELECT id, external_id, facts FROM accounts)"
