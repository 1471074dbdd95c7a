"""Systems of a city: a kind and a mapping to the records of a port."""
