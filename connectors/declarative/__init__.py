"""Connectors that app teams describe in one file, without code: SDL with @source and @connect."""
