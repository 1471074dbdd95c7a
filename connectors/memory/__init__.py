"""Every port answered from records in memory: for feeds that are read whole, and for tests."""
