"""The drift watch: looks at every registered connector from time to time, and writes to its owner."""
