"""The workflow of complaints that the gateway takes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LOCAL = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")
"""A local id, compared by code point."""
SUBJECT = sa.String(length=255)

TABLES = (
    "complaint_intakes",
    "complaint_changes",
    "complaint_feed",
    "complaint_calls",
    "complaint_followers",
    "complaint_ratings",
    "complaint_attachments",
    "complaint_comment_authors",
    "complaint_deliveries",
)


def _moment(name: str, *, needed: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _home() -> sa.Column[str]:
    return sa.Column("home", sa.String(length=64), nullable=False)


def _complaint() -> sa.Column[str]:
    return sa.Column("complaint", LOCAL, nullable=False)


def upgrade() -> None:
    op.create_table(
        "complaint_intakes",
        _home(),
        _complaint(),
        sa.Column("subject", SUBJECT, nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        _moment("taken_at", needed=True),
        sa.Column("desk", sa.String(length=64), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("sla", sa.BigInteger(), nullable=True),
        sa.Column("consent_version", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=255), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        _moment("source_at"),
        sa.Column("source_said", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("home", "complaint"),
    )
    op.create_index(
        "ix_complaint_intakes_subject",
        "complaint_intakes",
        ["subject", "fingerprint", "taken_at"],
    )
    op.create_table(
        "complaint_changes",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        _home(),
        _complaint(),
        sa.Column("step", LOCAL, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("subject", SUBJECT, nullable=True),
        sa.Column("department", sa.String(length=64), nullable=True),
        _moment("at", needed=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("home", "complaint", "step", name="uq_complaint_changes_step"),
    )
    op.create_index("ix_complaint_changes_subject", "complaint_changes", ["subject"])
    op.create_table(
        "complaint_feed",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "complaint_calls",
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("mutation", sa.String(length=128), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("home", sa.String(length=64), nullable=True),
        sa.Column("complaint", LOCAL, nullable=True),
        sa.Column("made", LOCAL, nullable=True),
        _moment("at", needed=True),
        sa.PrimaryKeyConstraint("subject", "mutation"),
    )
    op.create_index("ix_complaint_calls_at", "complaint_calls", ["at"])
    op.create_table(
        "complaint_followers",
        _home(),
        _complaint(),
        sa.Column("subject", SUBJECT, nullable=False),
        _moment("at", needed=True),
        sa.PrimaryKeyConstraint("home", "complaint", "subject"),
    )
    op.create_index("ix_complaint_followers_subject", "complaint_followers", ["subject"])
    op.create_table(
        "complaint_ratings",
        _home(),
        _complaint(),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", SUBJECT, nullable=True),
        _moment("at", needed=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("home", "complaint", "version"),
    )
    op.create_table(
        "complaint_attachments",
        sa.Column("media", LOCAL, nullable=False),
        _home(),
        _complaint(),
        sa.Column("subject", SUBJECT, nullable=True),
        _moment("at", needed=True),
        sa.PrimaryKeyConstraint("media"),
    )
    op.create_index(
        "ix_complaint_attachments_complaint", "complaint_attachments", ["home", "complaint"]
    )
    op.create_table(
        "complaint_comment_authors",
        _home(),
        sa.Column("comment", LOCAL, nullable=False),
        sa.Column("subject", SUBJECT, nullable=True),
        sa.PrimaryKeyConstraint("home", "comment"),
    )
    op.create_index(
        "ix_complaint_comment_authors_subject", "complaint_comment_authors", ["subject"]
    )
    op.create_table(
        "complaint_deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        _home(),
        _complaint(),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("receiver", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("created_at", needed=True),
        _moment("due_at", needed=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        _moment("leased_until"),
        _moment("done_at"),
        sa.Column("proof", sa.String(length=255), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_complaint_deliveries_due", "complaint_deliveries", ["state", "due_at"])
    op.create_index(
        "ix_complaint_deliveries_lane",
        "complaint_deliveries",
        ["home", "complaint", "lane", "id"],
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
