"""Tables of the registry. None has a column `source`: a new load of the city leaves them alone."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
)
from sqlalchemy import (
    Text as LongText,
)

from connectors.store.base import LOCAL, Instant, Words, metadata

registrations = Table(
    "registrations",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("app", LOCAL, nullable=False),
    Column("team", String(64), nullable=False),
    Column("active", Integer),
    Column("pending", Integer),
    Column("previous", Integer),
    Column("switch", String(16), nullable=False),
    Column("reason", String),
    Column("changed_by", String(255), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("accepted", BigInteger),
    Column("opened", Integer, nullable=False),
    Column("expires_on", Date),
    Column("drift", JSON(none_as_null=True)),
    Column("rehearsal", JSON(none_as_null=True)),
    Index("ix_registrations_app", "app"),
)
"""One row for each connector of a team.

`active` serves, `pending` waits for an operator, `previous` served before and is fallen back on.
`switch` is the operator's, `accepted` the order in which the active versions were let in, and
`revision` grows with every change of the row. `opened` grows when all workers are to open it anew.
"""

connector_versions = Table(
    "connector_versions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("app", LOCAL, nullable=False),
    Column("team", String(64), nullable=False),
    Column("sdl", LongText, nullable=False),
    Column("settings", LongText, nullable=False),
    Column("tests", JSON, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("report", JSON(none_as_null=True)),
    Column("asks", JSON, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("submitted_by", String(255), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(255)),
    Column("note", String),
)
"""Every version that was handed in, with its texts exactly as written. Never changed but for the
verdict and who gave it."""

name_claims = Table(
    "name_claims",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("name", LOCAL, primary_key=True),
    Column("key", String(64), nullable=False, index=True),
)
"""Names of the graph, and to which connector they belong; the primary key keeps them apart."""

app_claims = Table(
    "app_claims",
    metadata,
    Column("app", LOCAL, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("slot", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("name", Words),
    Column("owner", String(64)),
    Column("before", JSON(none_as_null=True)),
    Column("claimed_at", Instant, nullable=False),
    Column("claimed_by", String(255), nullable=False),
)
"""Entries of the catalogue and the team each belongs to. `slot`: nobody had named the entry before;
`accepted`: an operator or the policy let the claim be seen; `before`: what the slot said until then."""

published_apps = Table(
    "published_apps",
    metadata,
    Column("app", LOCAL, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("number", Integer),
    Column("entry", JSON, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("submitted_by", String(255), nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(255)),
    Column("note", String),
)
"""Applications beyond the city's register; `entry` is a row as `connectors.memory.apps` reads it."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("label", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("team", String(64)),
    Column("apps", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
)
"""Keys of app teams and operators. The key itself is nowhere: only its digest is kept."""

graph_generation = Table(
    "graph_generation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
"""One row: grows with every change of the registry, so that a worker sees at a glance if any."""

connector_fetches = Table(
    "connector_fetches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("success", Boolean, nullable=False),
    Column("http_status", Integer),
    Column("bytes", Integer),
    Column("sha256", String(64)),
    Column("ms", Integer),
    Column("error", String(64)),
    Index("ix_connector_fetches_key", "key", "id"),
)
"""The last calls to each connector, see `marks.FETCHES_KEPT`."""
