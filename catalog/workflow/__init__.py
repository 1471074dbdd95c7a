"""Complaints that the gateway itself takes: what is done to them, by whom, and where they go."""
