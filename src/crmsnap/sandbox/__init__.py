"""A HubSpot account to try crmsnap on: a program of its own that shares no code with the product.

It is a stranger on purpose: a mistake of the client cannot be mirrored here by a shared constant.
"""
