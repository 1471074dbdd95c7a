"""The embedded store of the city: every domain kept in SQL tables of our own."""
