"""Tables of the workflow, beside those in which complaints are shown (`connectors.store`).

A complaint taken here is a row of `complaints` like any other, so every list, count and figure has
it. What only the workflow needs stands here. None of these tables has a column `source`: a new load
of the city leaves them alone. `home` is the key of the source a complaint is shown under.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from connectors.store.base import LOCAL, Instant, metadata

SUBJECT = String(255)
"""Who a caller is to the identity provider. Personal: never shown, never logged."""


def _whose(*, primary: bool) -> list[Column[Any]]:
    return [
        Column("home", String(64), primary_key=primary, nullable=False),
        Column("complaint", LOCAL, primary_key=primary, nullable=False),
    ]


intakes = Table(
    "complaint_intakes",
    metadata,
    *_whose(primary=True),
    Column("subject", SUBJECT),
    Column("fingerprint", String(64), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("desk", String(64)),
    Column("draft", JSON, nullable=False),
    Column("sla", BigInteger),
    Column("consent_version", String(64), nullable=False),
    Column("token", String(255)),
    Column("steps", Integer, nullable=False),
    Column("source_at", Instant),
    Column("source_said", String(16)),
    Index("ix_complaint_intakes_subject", "subject", "fingerprint", "taken_at"),
)
"""One row for each complaint taken here, and the lock under which anything is done to it.

`subject` sent it, None when that was deleted; `fingerprint` tells a second sending of the same;
`desk` is the source it is handed on to, `draft` what is handed on beside what is shown, and `token`
what came back; `sla` are seconds. `steps` counts the history. `source_at` and `source_said` are the
time and the status of the newest news of the desk's system.
"""

changes = Table(
    "complaint_changes",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    *_whose(primary=False),
    Column("step", LOCAL, nullable=False),
    Column("version", Integer, nullable=False),
    Column("act", String(16), nullable=False),
    Column("role", String(16)),
    Column("subject", SUBJECT),
    Column("department", String(64)),
    Column("at", Instant, nullable=False),
    UniqueConstraint("home", "complaint", "step", name="uq_complaint_changes_step"),
    Index("ix_complaint_changes_subject", "subject"),
)
"""Every change, in the order in which they became visible; rows are added, never changed.

`number` comes from `complaint_feed` at the end of each transaction, so that nobody who has seen one
can miss an earlier one. `step` is the local id of the row of the history that tells it.
"""

feed = Table(
    "complaint_feed",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
"""One row: the number of the last change."""

calls = Table(
    "complaint_calls",
    metadata,
    Column("subject", SUBJECT, primary_key=True),
    Column("mutation", String(128), primary_key=True),
    Column("act", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("home", String(64)),
    Column("complaint", LOCAL),
    Column("made", LOCAL),
    Column("at", Instant, nullable=False, index=True),
)
"""What was called with a `clientMutationId`, and what came of it; `made` is the id of a comment."""

followers = Table(
    "complaint_followers",
    metadata,
    *_whose(primary=True),
    Column("subject", SUBJECT, primary_key=True),
    Column("at", Instant, nullable=False),
    Index("ix_complaint_followers_subject", "subject"),
)

ratings = Table(
    "complaint_ratings",
    metadata,
    *_whose(primary=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("subject", SUBJECT),
    Column("at", Instant, nullable=False),
    Column("stars", Integer, nullable=False),
    Column("solved", Boolean, nullable=False),
    Column("text", String),
)
"""What reporters said of the work, each time; the complaint itself shows the last."""

attachments = Table(
    "complaint_attachments",
    metadata,
    Column("media", LOCAL, primary_key=True),
    *_whose(primary=False),
    Column("subject", SUBJECT),
    Column("at", Instant, nullable=False),
    Index("ix_complaint_attachments_complaint", "home", "complaint"),
)
"""Which upload went to which complaint: an upload is used once. The picture itself is a row of
`complaint_media`."""

comment_authors = Table(
    "complaint_comment_authors",
    metadata,
    Column("home", String(64), primary_key=True),
    Column("comment", LOCAL, primary_key=True),
    Column("subject", SUBJECT, index=True),
)
"""Who wrote a comment; the comment itself shows a role."""

deliveries = Table(
    "complaint_deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    *_whose(primary=False),
    Column("lane", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("leased_by", String(64)),
    Column("leased_until", Instant),
    Column("done_at", Instant),
    Column("proof", String(255)),
    Column("last_error", String(64)),
    Index("ix_complaint_deliveries_due", "state", "due_at"),
    Index("ix_complaint_deliveries_lane", "home", "complaint", "lane", "id"),
)
"""The outbox. Within a complaint and a lane one delivery goes after the other, by id.

`last_error` is the name of an error's class, never what an upstream wrote.
"""
