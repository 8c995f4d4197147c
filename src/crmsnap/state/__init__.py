"""4: what we know of the account: one SQLite file per stream, with one writer each."""
