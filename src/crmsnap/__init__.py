"""crmsnap: a whole HubSpot account, every day, in your own bucket, proven complete."""

__version__ = "0.4.0"
