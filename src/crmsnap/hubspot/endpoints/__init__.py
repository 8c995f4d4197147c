"""What HubSpot can be asked for, one file per family; every function is one call, or one to its end.

Answers are msgspec structs: fields that HubSpot adds are ignored, and what its description calls
optional has a default.
"""
