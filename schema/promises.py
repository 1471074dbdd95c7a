"""What is known of the graph's fields before anybody asks: whose data, for whom, for how long.

A field says it itself (`extensions[PROMISE]`, as fields of connected apps do), or one of the
tables here says it of the field or of the type it answers. What nobody said anything of is taken
as private and of this very moment, so that forgetting a line here never shows one caller's
answer to another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graphql import GraphQLField, get_named_type, is_leaf_type

from connectors.ports.roles import Role
from schema.auth import role_of

PROMISE = "promise"
"""The extension of a field that holds its Promise."""

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds of a field's answer whatever the arguments are."""

    sources: tuple[str, ...] = ()
    """Ports, or keys of connectors, that are asked for it."""
    role: Role | None = None
    """Who may read it."""
    private: bool = False
    """It belongs to one caller, and is never shown to another."""
    by_role: bool = False
    """Callers who proved a role may be shown more than others."""
    seconds: float | None = None
    """How long it may be given again, where that is less than its sources say."""
    weight: int | None = None
    """What it costs beside what it contains; None is what such fields cost usually."""
    streams: bool = False
    """It goes on being answered after the first answer."""


UNKNOWN = Promise(private=True, seconds=0.0)
PART = Promise()
"""A value of the record it belongs to."""

_COMPLAINTS = Promise(("complaints",), by_role=True)
_TRANSIT = Promise(("transit",))

TYPES: dict[str, Promise] = {
    **dict.fromkeys(
        (
            "Accessibility", "Address", "AlertArea", "Directions", "Facet",
            "FacetBucket", "FieldCoverage", "ForecastHour", "FormField", "FormOption", "GeoPoint",
            "Home", "Licence", "LineDirection", "Media", "Money", "OpeningDay", "OpeningSpan",
            "PageInfo", "Rating", "ServiceSpan", "SourceRef", "Translation",
        ),
        PART,
    ),
    **dict.fromkeys(("AppConnection", "AppEdge"), Promise(("apps",))),
    **dict.fromkeys(("SearchConnection", "SearchEdge"), Promise(("search",), by_role=True)),
    "Alert": Promise(("alerts",)),
    "Area": Promise(("areas",)),
    "CityApp": Promise(("apps",)),
    "CityFact": Promise(("facts",)),
    "Comment": _COMPLAINTS,
    "Commodity": Promise(("prices",)),
    "Complaint": _COMPLAINTS,
    "ComplaintCategory": Promise(("complaints",)),
    "ComplaintEvent": _COMPLAINTS,
    "ComplaintStatRow": _COMPLAINTS,
    "ComplaintStats": _COMPLAINTS,
    "Connector": Promise(by_role=True, seconds=10.0),
    "Department": Promise(("departments",)),
    "Departure": Promise(("transit", "trip_updates")),
    "DepartureBoard": Promise(("transit", "trip_updates")),
    "Earthquake": Promise(("earthquakes",)),
    "EmergencyContact": Promise(("emergency",)),
    "Event": Promise(("events",)),
    "EventOccurrence": Promise(("events",)),
    "Forecast": Promise(("forecast",)),
    "FormAnswer": Promise(("complaints",)),
    "Guide": Promise(("guides",)),
    "Job": Promise(("jobs",)),
    "Line": _TRANSIT,
    "Market": Promise(("markets",)),
    # Of anything: no kind of data changes sooner.
    "Node": Promise(by_role=True, seconds=10.0),
    "Offer": Promise(("events",)),
    "OpeningHours": Promise(("places",), seconds=MINUTE),
    "Operator": _TRANSIT,
    "Place": Promise(("places",)),
    "Price": Promise(("prices",)),
    "Reporter": Promise(("complaints",)),
    "SearchItem": Promise(("search",), by_role=True),
    "Sourced": PART,
    "SourceStatus": PART,
    "Stop": _TRANSIT,
    "Suggestion": Promise(("search",), by_role=True),
    "Tour": Promise(("tours",)),
    "Trip": Promise(("transit", "trip_updates")),
    "Vehicle": Promise(("vehicles",)),
    "Viewer": Promise(private=True, seconds=0.0),
}  # fmt: skip
"""By the type a field answers: an object, an interface or a union."""

FIELDS: dict[str, Promise] = {
    "Complaint.overdue": Promise(seconds=MINUTE),
}
"""By the field itself."""


def promise(parent: str, name: str, field: GraphQLField) -> Promise:
    """What holds of a field of the type `parent`, that which was said nearest to it.

    What is declared for a role belongs to the caller who has it, and to this moment.
    """
    said = _said(parent, name, field)
    role = role_of(field)
    return said if role is None else replace(said, role=role, private=True, seconds=0.0)


def _said(parent: str, name: str, field: GraphQLField) -> Promise:
    own = (field.extensions or {}).get(PROMISE) or FIELDS.get(f"{parent}.{name}")
    if isinstance(own, Promise):
        return own
    named = get_named_type(field.type)
    if is_leaf_type(named) or named.name.startswith("__"):
        return PART
    known = TYPES.get(named.name)
    if known is not None:
        return known
    for end in ("Connection", "Edge"):
        if named.name.endswith(end):
            return TYPES.get(named.name.removesuffix(end), UNKNOWN)
    return UNKNOWN
