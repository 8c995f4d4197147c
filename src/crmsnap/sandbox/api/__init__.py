"""HubSpot's HTTP API over the synthetic account: one file per API family."""
