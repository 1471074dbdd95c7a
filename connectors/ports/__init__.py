"""Promises: the records and the Protocol of each domain. Standard library only."""
