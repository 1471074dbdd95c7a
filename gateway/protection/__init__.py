"""What is refused before any work is done: documents and pages that are too large."""
