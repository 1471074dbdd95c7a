"""One loader per domain: rows of the data pack become rows of the store."""
