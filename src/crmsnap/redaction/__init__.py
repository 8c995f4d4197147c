"""What keeps secrets out of everything that leaves the process."""
