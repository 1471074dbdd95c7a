"""Ways of reaching any system: SQL, files, HTTP, GTFS."""
