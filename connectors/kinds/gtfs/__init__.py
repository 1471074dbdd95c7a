"""GTFS Schedule: any valid feed, from a folder or a zip, read row by row."""
