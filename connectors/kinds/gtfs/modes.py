"""GTFS route types, the basic and the extended ones, as modes of this house: one visible table."""

from __future__ import annotations

from connectors.ports.transit import TransitMode

BASIC: dict[int, TransitMode] = {
    0: TransitMode.LIGHT_RAIL,  # tram, streetcar
    1: TransitMode.METRO,
    2: TransitMode.RAIL,
    3: TransitMode.BUS,
    4: TransitMode.FERRY,
    5: TransitMode.LIGHT_RAIL,  # cable tram
    6: TransitMode.LIGHT_RAIL,  # aerial lift
    7: TransitMode.LIGHT_RAIL,  # funicular
    11: TransitMode.BUS,  # trolleybus
    12: TransitMode.LIGHT_RAIL,  # monorail
}

HUNDREDS: dict[int, TransitMode] = {
    1: TransitMode.RAIL,  # 100-117 railway, 109 suburban
    2: TransitMode.BUS,  # 200-209 coach
    3: TransitMode.RAIL,  # 300 suburban railway
    4: TransitMode.METRO,  # 400-404 urban railway
    5: TransitMode.METRO,
    6: TransitMode.METRO,  # 600 underground
    7: TransitMode.BUS,  # 700-716
    8: TransitMode.BUS,  # 800 trolleybus
    9: TransitMode.LIGHT_RAIL,  # 900-906 tram
    10: TransitMode.FERRY,  # 1000 water transport
    12: TransitMode.FERRY,  # 1200 ferry
    13: TransitMode.LIGHT_RAIL,  # 1300-1307 aerial lift
    14: TransitMode.LIGHT_RAIL,  # 1400 funicular
    15: TransitMode.MINIBUS,  # 1500 taxi, 1501 communal taxi: angkot
}

SINGLE: dict[int, TransitMode] = {
    206: TransitMode.TOURIST_BUS,  # sightseeing coach
    207: TransitMode.TOURIST_BUS,  # tourist coach
    405: TransitMode.LIGHT_RAIL,  # monorail
    710: TransitMode.TOURIST_BUS,  # sightseeing bus
}


def mode_of(route_type: int) -> TransitMode:
    """The mode of a route type; UNKNOWN for air, self-drive and whatever no table has."""
    found = BASIC.get(route_type) or SINGLE.get(route_type)
    if found is not None:
        return found
    return HUNDREDS.get(route_type // 100, TransitMode.UNKNOWN)
