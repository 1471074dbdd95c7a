"""The first tables of the city."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LOCAL = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")
"""A local id, compared by code point."""

SORTED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""A text that lists are sorted by, compared by code point."""

SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "title_words, body_words, content='search_documents', content_rowid='id',"
        " tokenize='unicode61', prefix='2 3')"
    ),
    "postgresql": (
        "CREATE INDEX ix_search_documents_words ON search_documents USING gin ("
        "(setweight(to_tsvector('simple', title_words), 'A')"
        " || setweight(to_tsvector('simple', body_words), 'D')))"
    ),
}
"""The text index, as `connectors.store.search.CREATE` had it."""

TABLES = (
    "transit_trips",
    "transit_stops",
    "transit_stop_times",
    "transit_stop_lines",
    "transit_shape_points",
    "transit_services",
    "transit_service_dates",
    "transit_operators",
    "transit_lines",
    "transit_frequencies",
    "transit_feeds",
    "tours",
    "tour_stops",
    "sources",
    "search_documents",
    "rejected_rows",
    "prices",
    "price_series",
    "places",
    "markets",
    "loads",
    "jobs",
    "job_words",
    "guides",
    "guide_words",
    "events",
    "event_occurrences",
    "event_categories",
    "emergency_contacts",
    "departments",
    "complaints",
    "complaint_particulars",
    "complaint_media",
    "complaint_events",
    "complaint_comments",
    "complaint_categories",
    "commodities",
    "city_facts",
    "areas",
    "apps",
    "app_categories",
)
"""From those that refer to others to those that are referred to."""


def upgrade() -> None:
    op.create_table(
        "app_categories",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id", "category"),
    )
    op.create_table(
        "apps",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sort_name", SORTED, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("in_portal", sa.Boolean(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("platforms", sa.JSON(), nullable=False),
        sa.Column("homepage", sa.String(), nullable=True),
        sa.Column("android_url", sa.String(), nullable=True),
        sa.Column("ios_url", sa.String(), nullable=True),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("repository", sa.String(), nullable=True),
        sa.Column("licence", sa.String(length=64), nullable=True),
        sa.Column("replicable_by", sa.String(length=16), nullable=False),
        sa.Column("used_by", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_apps_slot", "apps", ["source", "slot", "local_id"], unique=False)
    op.create_index("ix_apps_name", "apps", ["source", "sort_name", "local_id"], unique=False)
    op.create_index("ix_apps_released", "apps", ["source", "released_on", "local_id"], unique=False)
    op.create_table(
        "areas",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent", sa.String(length=16), nullable=True),
        sa.Column("west", sa.Float(), nullable=True),
        sa.Column("south", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.Column("boundary", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "city_facts",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("citation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "topic", "position"),
    )
    op.create_table(
        "commodities",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("parent", sa.String(length=255), nullable=True),
        sa.Column("icon", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "complaint_categories",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("group", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("intake", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("sla", sa.BigInteger(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "complaint_comments",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("complaint", LOCAL, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index(
        "ix_complaint_comments_complaint",
        "complaint_comments",
        ["source", "complaint", "at"],
        unique=False,
    )
    op.create_table(
        "complaint_events",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("complaint", LOCAL, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=True),
        sa.Column("to", sa.String(length=16), nullable=False),
        sa.Column("note", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index(
        "ix_complaint_events_complaint",
        "complaint_events",
        ["source", "complaint", "at"],
        unique=False,
    )
    op.create_table(
        "complaint_media",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("complaint", LOCAL, nullable=False),
        sa.Column("event", LOCAL, nullable=True),
        sa.Column("comment", LOCAL, nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alt", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index(
        "ix_complaint_media_comment", "complaint_media", ["source", "comment"], unique=False
    )
    op.create_index(
        "ix_complaint_media_complaint", "complaint_media", ["source", "complaint"], unique=False
    )
    op.create_index(
        "ix_complaint_media_event", "complaint_media", ["source", "event"], unique=False
    )
    op.create_table(
        "complaint_particulars",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("complaint", LOCAL, nullable=False),
        sa.Column("reporter", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "complaints",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("kecamatan", sa.String(length=16), nullable=True),
        sa.Column("kelurahan", sa.String(length=16), nullable=True),
        sa.Column("tracking_id", sa.String(length=255), nullable=False),
        sa.Column("upstream_id", sa.String(length=255), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("category", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("light", sa.String(length=8), nullable=True),
        sa.Column("source_status", sa.String(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(length=16), nullable=False),
        sa.Column("status_note", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reject_reason", sa.String(length=32), nullable=True),
        sa.Column("department", sa.String(length=64), nullable=True),
        sa.Column("notice", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("has_proof", sa.Boolean(), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_forward", sa.BigInteger(), nullable=True),
        sa.Column("to_resolve", sa.BigInteger(), nullable=True),
        sa.Column("follower_count", sa.Integer(), nullable=False),
        sa.Column("duplicate_of", LOCAL, nullable=True),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index(
        "ix_complaints_category",
        "complaints",
        ["source", "category", "visibility", "quality"],
        unique=False,
    )
    op.create_index(
        "ix_complaints_created", "complaints", ["source", "created_at", "local_id"], unique=False
    )
    op.create_index(
        "ix_complaints_department",
        "complaints",
        ["source", "department", "visibility", "quality"],
        unique=False,
    )
    op.create_index(
        "ix_complaints_due", "complaints", ["source", "due_at", "local_id"], unique=False
    )
    op.create_index(
        "ix_complaints_duplicate", "complaints", ["source", "duplicate_of"], unique=False
    )
    op.create_index(
        "ix_complaints_figures",
        "complaints",
        [
            "source",
            "visibility",
            "created_at",
            "quality",
            "status",
            "light",
            "department",
            "category",
            "kecamatan",
            "kelurahan",
            "channel",
            "due_at",
            "resolved_at",
            "has_proof",
            "stars",
            "to_forward",
            "to_resolve",
        ],
        unique=False,
    )
    op.create_index(
        "ix_complaints_followers",
        "complaints",
        ["source", "follower_count", "local_id"],
        unique=False,
    )
    op.create_index("ix_complaints_place", "complaints", ["source", "lat", "lng"], unique=False)
    op.create_index("ix_complaints_tracking", "complaints", ["source", "tracking_id"], unique=False)
    op.create_index(
        "ix_complaints_updated", "complaints", ["source", "updated_at", "local_id"], unique=False
    )
    op.create_index(
        "ix_complaints_followed",
        "complaints",
        ["source", sa.desc("follower_count"), "local_id"],
        unique=False,
    )
    op.create_table(
        "departments",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("abbreviation", sa.String(length=64), nullable=True),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("phone", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("open311_jurisdiction_id", sa.String(length=255), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "emergency_contacts",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("dial", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("e164", sa.String(length=20), nullable=True),
        sa.Column("whatsapp", sa.String(length=20), nullable=True),
        sa.Column("is_short_code", sa.Boolean(), nullable=False),
        sa.Column("toll_free", sa.Boolean(), nullable=True),
        sa.Column("available", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "event_categories",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id", "category"),
    )
    op.create_table(
        "event_occurrences",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id", "starts_at"),
    )
    op.create_index(
        "ix_event_occurrences_starts_at", "event_occurrences", ["source", "starts_at"], unique=False
    )
    op.create_table(
        "events",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("name_sort", SORTED, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("recurrence", sa.String(), nullable=True),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("place_text", sa.String(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("organizer", sa.String(), nullable=True),
        sa.Column("offers", sa.JSON(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=True),
        sa.Column("capacity_left", sa.Integer(), nullable=True),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("homepage", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_events_at", "events", ["place"], unique=False)
    op.create_index("ix_events_place", "events", ["source", "lat", "lng"], unique=False)
    op.create_index(
        "ix_events_starts_at", "events", ["source", "starts_at", "local_id"], unique=False
    )
    op.create_index("ix_events_name", "events", ["source", "name_sort", "local_id"], unique=False)
    op.create_index(
        "ix_events_newest", "events", ["source", sa.desc("as_of"), "local_id"], unique=False
    )
    op.create_index("ix_events_updated", "events", ["source", "as_of", "local_id"], unique=False)
    op.create_table(
        "guide_words",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id", "kind", "word"),
    )
    op.create_index("ix_guide_words_word", "guide_words", ["kind", "word"], unique=False)
    op.create_table(
        "guides",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_sort", SORTED, nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=True),
        sa.Column("licence_no", sa.String(length=64), nullable=True),
        sa.Column("rate", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_guides_name", "guides", ["source", "name_sort", "local_id"], unique=False)
    op.create_table(
        "job_words",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id", "kind", "word"),
    )
    op.create_index("ix_job_words_word", "job_words", ["kind", "word"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("title", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("title_folded", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("employer", sa.String(), nullable=False),
        sa.Column("employer_verified", sa.Boolean(), nullable=False),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("employment_type", sa.JSON(), nullable=False),
        sa.Column("salary_min", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("salary_max", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("salary_period", sa.String(length=8), nullable=True),
        sa.Column("monthly_salary", sa.BigInteger(), nullable=True),
        sa.Column("education", sa.String(), nullable=True),
        sa.Column("experience_months", sa.Integer(), nullable=True),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("occupation", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("vacancies", sa.Integer(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("apply_url", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_jobs_closes_at", "jobs", ["source", "closes_at", "local_id"], unique=False)
    op.create_index(
        "ix_jobs_figures",
        "jobs",
        [
            "source",
            "removed",
            "closes_at",
            "local_id",
            "education",
            "occupation",
            "area",
            "quality",
        ],
        unique=False,
    )
    op.create_index("ix_jobs_place", "jobs", ["source", "lat", "lng"], unique=False)
    op.create_index("ix_jobs_posted_at", "jobs", ["source", "posted_at", "local_id"], unique=False)
    op.create_index(
        "ix_jobs_salary", "jobs", ["source", "monthly_salary", "local_id"], unique=False
    )
    op.create_index(
        "ix_jobs_best_paid", "jobs", ["source", sa.desc("monthly_salary"), "local_id"], unique=False
    )
    op.create_table(
        "loads",
        sa.Column("city", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("city"),
    )
    op.create_table(
        "markets",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_sort", SORTED, nullable=False),
        sa.Column("level", sa.String(length=24), nullable=True),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_markets_place", "markets", ["source", "lat", "lng"], unique=False)
    op.create_index("ix_markets_name", "markets", ["source", "name_sort", "local_id"], unique=False)
    op.create_table(
        "places",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("opening_hours", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("entry_fee", sa.String(length=64), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("is_free", sa.Boolean(), nullable=True),
        sa.Column("religion", sa.String(), nullable=True),
        sa.Column("wheelchair", sa.String(length=8), nullable=False),
        sa.Column("wheelchair_note", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("sort_name", SORTED, nullable=False),
        sa.Column("names", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_places_area", "places", ["source", "area"], unique=False)
    op.create_index(
        "ix_places_figures",
        "places",
        ["source", "kind", "area", "religion", "wheelchair", "is_free", "quality"],
        unique=False,
    )
    op.create_index(
        "ix_places_kind", "places", ["source", "kind", "sort_name", "local_id"], unique=False
    )
    op.create_index("ix_places_name", "places", ["source", "sort_name", "local_id"], unique=False)
    op.create_index("ix_places_place", "places", ["source", "lat", "lng"], unique=False)
    op.create_index("ix_places_updated", "places", ["source", "as_of", "local_id"], unique=False)
    op.create_index(
        "ix_places_newest", "places", ["source", sa.desc("as_of"), "local_id"], unique=False
    )
    op.create_table(
        "price_series",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("commodity", sa.String(length=255), nullable=False),
        sa.Column("market_source", sa.String(length=64), nullable=True),
        sa.Column("market", sa.String(length=255), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("level", sa.String(length=24), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source", "series"),
    )
    op.create_index(
        "ix_price_series_commodity", "price_series", ["source", "commodity"], unique=False
    )
    op.create_table(
        "prices",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("series", sa.String(length=32), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("previous", sa.BigInteger(), nullable=True),
        sa.Column("previous_date", sa.Date(), nullable=True),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_prices_date", "prices", ["source", "date", "local_id"], unique=False)
    op.create_index(
        "ix_prices_series", "prices", ["source", "series", "date", "local_id"], unique=False
    )
    op.create_index(
        "ix_prices_newest", "prices", ["source", sa.desc("date"), "local_id"], unique=False
    )
    op.create_table(
        "rejected_rows",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_rejected_rows_source"), "rejected_rows", ["source"], unique=False)
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("body_words", sa.Text(), nullable=False),
        sa.Column("boost", sa.Float(), nullable=False),
        sa.Column("opening_hours", sa.String(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("type", "source", "local_id", name="uq_search_documents_record"),
    )
    op.create_index("ix_search_documents_place", "search_documents", ["lat", "lng"], unique=False)
    op.create_table(
        "sources",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("binding", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "tour_stops",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id", "position"),
    )
    op.create_index("ix_tour_stops_place", "tour_stops", ["source", "lat", "lng"], unique=False)
    op.create_table(
        "tours",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("name_sort", SORTED, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.Column("length_m", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("line", sa.String(), nullable=True),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_tours_name", "tours", ["source", "name_sort", "local_id"], unique=False)
    op.create_table(
        "transit_feeds",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=35), nullable=False),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("last_service", sa.Date(), nullable=True),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.Column("frequent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "transit_frequencies",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("trip", LOCAL, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("headway", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "trip", "start"),
    )
    op.create_table(
        "transit_lines",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("operator", LOCAL, nullable=False),
        sa.Column("short_name", sa.String(), nullable=True),
        sa.Column("long_name", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("color", sa.String(length=6), nullable=True),
        sa.Column("text_color", sa.String(length=6), nullable=True),
        sa.Column("sort_order", sa.Integer(), nullable=True),
        sa.Column("fare_amount", sa.String(length=32), nullable=True),
        sa.Column("fare_currency", sa.String(length=3), nullable=True),
        sa.Column("sort_name", SORTED, nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index(
        "ix_transit_lines_name", "transit_lines", ["source", "sort_name", "local_id"], unique=False
    )
    op.create_table(
        "transit_operators",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("web", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "transit_service_dates",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("service", LOCAL, nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "date", "service"),
    )
    op.create_table(
        "transit_services",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("service", LOCAL, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source", "service"),
    )
    op.create_table(
        "transit_shape_points",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("shape", LOCAL, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lng", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("source", "shape", "sequence"),
    )
    op.create_table(
        "transit_stop_lines",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("stop", LOCAL, nullable=False),
        sa.Column("line", LOCAL, nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("source", "stop", "line"),
    )
    op.create_index(
        "ix_transit_stop_lines_line", "transit_stop_lines", ["source", "line"], unique=False
    )
    op.create_table(
        "transit_stop_times",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("trip", LOCAL, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("stop", LOCAL, nullable=False),
        sa.Column("arrival", sa.Integer(), nullable=True),
        sa.Column("departure", sa.Integer(), nullable=True),
        sa.Column("distance", sa.Float(), nullable=True),
        sa.Column("timepoint", sa.Boolean(), nullable=False),
        sa.Column("boarding", sa.String(length=16), nullable=False),
        sa.Column("alighting", sa.String(length=16), nullable=False),
        sa.Column("headsign", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "trip", "sequence"),
    )
    op.create_index(
        "ix_transit_stop_times_stop",
        "transit_stop_times",
        ["source", "stop", "departure"],
        unique=False,
    )
    op.create_table(
        "transit_stops",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quality", sa.String(length=16), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(length=64), nullable=True),
        sa.Column("attribution", sa.String(), nullable=True),
        sa.Column("redistribution", sa.String(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=True),
        sa.Column("area", sa.String(length=16), nullable=True),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("parent", LOCAL, nullable=True),
        sa.Column("wheelchair", sa.String(length=8), nullable=False),
        sa.Column("sort_name", SORTED, nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index(
        "ix_transit_stops_name", "transit_stops", ["source", "sort_name", "local_id"], unique=False
    )
    op.create_index("ix_transit_stops_parent", "transit_stops", ["source", "parent"], unique=False)
    op.create_index(
        "ix_transit_stops_place", "transit_stops", ["source", "lat", "lng"], unique=False
    )
    op.create_table(
        "transit_trips",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("local_id", LOCAL, nullable=False),
        sa.Column("line", LOCAL, nullable=False),
        sa.Column("service", LOCAL, nullable=False),
        sa.Column("headsign", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("short_name", sa.String(), nullable=True),
        sa.Column("direction", sa.SmallInteger(), nullable=True),
        sa.Column("wheelchair", sa.String(length=8), nullable=False),
        sa.Column("bikes", sa.String(length=8), nullable=False),
        sa.Column("shape", LOCAL, nullable=True),
        sa.Column("frequent", sa.Boolean(), nullable=False),
        sa.Column("stop_count", sa.Integer(), nullable=False),
        sa.Column("first_departure", sa.Integer(), nullable=True),
        sa.Column("last_sequence", sa.Integer(), nullable=True),
        sa.Column("last_stop", LOCAL, nullable=True),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_index("ix_transit_trips_line", "transit_trips", ["source", "line"], unique=False)
    op.execute(SEARCH[op.get_bind().dialect.name])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")
    for table in TABLES:
        op.drop_table(table)
