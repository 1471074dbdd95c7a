"""What a department's call centre is told of a complaint: enough to work, nothing of who sent it."""

from __future__ import annotations

from typing import Any

from catalog.workflow.writing import Held
from connectors.ports.departments import Department


def forwarded(held: Held, department: Department, note: str | None) -> dict[str, Any]:
    """The body of a letter, ready for JSON. The description stays here: it may hold anything."""
    now = held.complaint
    point = now.point
    return {
        "type": "complaint.forwarded",
        "complaint": str(held.id),
        "trackingId": now.tracking_id,
        "version": now.version,
        "department": department.code,
        "departmentName": department.name.pick("id"),
        "category": now.category,
        "area": now.area,
        "point": None if point is None else {"lat": point.lat, "lng": point.lng},
        "createdAt": now.created_at.isoformat(timespec="seconds"),
        "forwardedAt": now.updated_at.isoformat(timespec="seconds"),
        "dueAt": now.due_at.isoformat(timespec="seconds") if now.due_at else None,
        "note": note,
    }
