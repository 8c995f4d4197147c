"""2: what we read. One file per family of streams, declared."""
