"""Set-up on the AWS side: whose keys sign, and whether they may do what a sync needs."""
