"""Answers that go wrong on purpose, as a plan of rules says, and each rule counts that it fired."""
