"""Open311 GeoReport v2, as servers speak it: documents in, plain records out, questions as addresses.

Nothing here knows what a complaint is to the city; `connectors.systems.open311` maps.
"""
