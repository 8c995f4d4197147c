"""1: the HubSpot API. `client.py` is the one way out; `endpoints/` has a file per family of calls."""
