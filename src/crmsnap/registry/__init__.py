"""What outlives runs and belongs to no state: connections, their AWS links, runs, secrets, leases."""
