"""The synthetic city: servers on loopback that speak the standards, with made-up data and faults."""
