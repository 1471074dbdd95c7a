"""The city that gateways are compared by, on our own gateway."""
