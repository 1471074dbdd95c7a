"""The registry of the teams' connectors."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LOCAL = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")
"""A local id, compared by code point."""

TABLES = (
    "registrations",
    "connector_versions",
    "name_claims",
    "app_claims",
    "published_apps",
    "api_keys",
    "graph_generation",
    "connector_fetches",
)


def _moment(name: str, *, needed: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("app", LOCAL, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Integer(), nullable=True),
        sa.Column("pending", sa.Integer(), nullable=True),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("switch", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        _moment("changed_at", needed=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("drift", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rehearsal", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_registrations_app", "registrations", ["app"], unique=False)
    op.create_table(
        "connector_versions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("app", LOCAL, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("sdl", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("tests", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asks", sa.JSON(), nullable=False),
        _moment("submitted_at", needed=True),
        sa.Column("submitted_by", sa.String(length=255), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        _moment("decided_at"),
        sa.Column("decided_by", sa.String(length=255), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", "version"),
    )
    op.create_table(
        "name_claims",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", LOCAL, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name"),
    )
    op.create_index("ix_name_claims_key", "name_claims", ["key"], unique=False)
    op.create_table(
        "app_claims",
        sa.Column("app", LOCAL, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        _moment("claimed_at", needed=True),
        sa.Column("claimed_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("app"),
    )
    op.create_table(
        "published_apps",
        sa.Column("app", LOCAL, nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        _moment("submitted_at", needed=True),
        sa.Column("submitted_by", sa.String(length=255), nullable=False),
        _moment("decided_at"),
        sa.Column("decided_by", sa.String(length=255), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("app"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("apps", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _moment("created_at", needed=True),
        _moment("expires_at"),
        _moment("revoked_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "graph_generation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "connector_fetches",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        _moment("at", needed=True),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_connector_fetches_key", "connector_fetches", ["key", "id"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
