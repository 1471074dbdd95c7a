"""A city's complaints behind an Open311 GeoReport v2 server: read, and sent."""
