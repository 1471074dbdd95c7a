"""Who asks: from the Authorization header of a request to a Caller, by one of several ways."""
