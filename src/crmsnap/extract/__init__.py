"""3: the engine that reads any stream into the state."""
