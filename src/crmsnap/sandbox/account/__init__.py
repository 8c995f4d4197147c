"""The synthetic account: what it holds, how it changes, and its journal. No HTTP in here."""
