"""What every source gets without asking: time limits, retries, breaker, last good answers."""
