"""Tokens of OpenID Connect providers: whose they are, by keys that are fetched and kept."""
