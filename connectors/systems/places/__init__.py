"""Places of maps: OpenStreetMap through Overpass, and GeoJSON."""
