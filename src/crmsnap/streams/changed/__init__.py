"""How the records of a type are read: all of them, those that changed, or those that differ from ours."""
