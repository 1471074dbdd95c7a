"""Settings are read once, strictly, and keep their secrets."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from catalog.registrations.policy import Approval
from gateway.settings import Mode, Settings, SettingsError, UnlicensedCoordinates


def test_an_empty_environment_gives_the_embedded_city():
    settings = Settings.of({})
    assert (settings.host, settings.port, settings.city) == ("127.0.0.1", 8000, "kota_tangerang")
    assert settings.mode is Mode.DEVELOPMENT
    assert settings.samples
    assert settings.database_address == "sqlite:///data/kota_tangerang.db"
    assert settings.redis_url == ""


@pytest.mark.parametrize(
    ("key", "text", "name", "value"),
    [
        ("HOST", "::1", "host", "::1"),
        ("PORT", "0", "port", 0),
        ("PORT", "65535", "port", 65535),
        ("CITY", "kota_bekasi", "city", "kota_bekasi"),
        ("MODE", "production", "mode", Mode.PRODUCTION),
        ("DATABASE_URL", "postgresql://u:p@h/d", "database_url", "postgresql://u:p@h/d"),
        ("REDIS_URL", "redis://:p@h", "redis_url", "redis://:p@h"),
        ("DATA_DIR", "/srv/live", "data_dir", Path("/srv/live")),
        ("LIVE_PUBLIC_URL", "https://live.test/api/", "public_url", "https://live.test/api"),
        ("LIVE_WORKERS", "4", "workers", 4),
        (
            "LIVE_UNLICENSED_COORDINATES",
            "remove",
            "unlicensed_coordinates",
            UnlicensedCoordinates.REMOVE,
        ),
        ("LIVE_WATCH_SECONDS", "0.5", "watch_seconds", 0.5),
        ("LIVE_MAX_UPSTREAM_CALLS", "50", "max_upstream_calls", 50),
        ("LIVE_MAX_BODY_BYTES", "2048", "max_body_bytes", 2048),
        ("LIVE_REQUEST_SECONDS", "3", "request_seconds", 3.0),
        (
            "LIVE_PRIVATE_HOSTS",
            "SIMPEG.internal, 127.0.0.1:8001,",
            "private_hosts",
            frozenset({"simpeg.internal", "127.0.0.1:8001"}),
        ),
        (
            "LIVE_PLUGINS",
            "parkir-live, lampu.tiang,",
            "plugins",
            frozenset({"parkir-live", "lampu.tiang"}),
        ),
        ("LIVE_SECRETS_DIR", "/run/secrets", "secrets_dir", Path("/run/secrets")),
        ("LIVE_OIDC_FILE", "/srv/oidc.toml", "oidc_file", Path("/srv/oidc.toml")),
        ("LIVE_KEEP_BYTES", "5000000", "keep_bytes", 5_000_000),
        ("LIVE_ANSWER_BYTES", "0", "answer_bytes", 0),
        ("LIVE_APPROVAL", "always", "approval", Approval.ALWAYS),
        ("LIVE_DRIFT_SECONDS", "3600", "drift_seconds", 3600),
        ("LIVE_DRIFT_SECONDS", "0", "drift_seconds", 0),
        ("LIVE_GRAPHIQL", "no", "graphiql", False),
    ],
)
def test_each_key_is_read(key, text, name, value):
    assert getattr(Settings.of({key: text}), name) == value


def test_the_table_above_knows_every_key():
    (mark,) = test_each_key_is_read.pytestmark
    assert {case[0] for case in mark.args[1]} == {one.metadata["env"] for one in fields(Settings)}


@pytest.mark.parametrize(
    ("key", "text", "hint"),
    [
        ("LIVE_PRIVATE_HOSTS", "http://a/", "is no host; write names"),
        ("LIVE_PLUGINS", "../parkir", "is no name of a package or a system"),
        ("PORT", "65536", "from 0 to 65535"),
        ("PORT", "-1", "whole number"),
        ("PORT", "\uff18\uff10\uff10\uff10", "whole number"),
        ("PORT", "9" * 5000, "from 0 to 65535"),
        ("MODE", "prod", "development, production"),
        ("LIVE_PUBLIC_URL", "live.test", "http:// or https://"),
        ("LIVE_WORKERS", "0", "from 1 to 64"),
        ("LIVE_UNLICENSED_COORDINATES", "no", "keep, remove"),
        ("LIVE_WATCH_SECONDS", "never", "0.05 to 3600"),
        ("LIVE_WATCH_SECONDS", "nan", "0.05 to 3600"),
        ("LIVE_MAX_BODY_BYTES", "1", "from 1024"),
        ("LIVE_ANSWER_BYTES", "-1", "from 0"),
        ("LIVE_APPROVAL", "maybe", "policy, always, never"),
        ("LIVE_DRIFT_SECONDS", "5", "from 10"),
        ("LIVE_GRAPHIQL", "true", "yes or no"),
    ],
)
def test_a_value_that_cannot_be_read_stops_the_start_and_names_its_key(key, text, hint):
    with pytest.raises(SettingsError) as failure:
        Settings.of({key: text})
    assert str(failure.value).startswith(f"{key}: ")
    assert hint in str(failure.value)


def test_an_unknown_key_of_ours_stops_the_start_and_says_which_there_are():
    with pytest.raises(SettingsError, match=r"unknown setting LIVE_WORKER; .*LIVE_WORKERS"):
        Settings.of({"LIVE_WORKER": "2"})


def test_an_unknown_key_stops_the_start_even_when_it_is_empty():
    with pytest.raises(SettingsError, match="LIVE_TYPO"):
        Settings.of({"LIVE_TYPO": ""})


def test_keys_of_others_are_none_of_our_business():
    assert Settings.of({"PATH": "/bin", "LIVELINESS": "1", "live_workers": "2"}) == Settings()


def test_an_empty_value_counts_as_not_set():
    assert Settings.of({"PORT": "", "MODE": "", "LIVE_WORKERS": ""}) == Settings()


def test_settings_hide_their_secrets_and_do_not_change():
    settings = Settings.of(
        {"DATABASE_URL": "postgresql://u:geheim@h/d", "REDIS_URL": "redis://:geheim@h"}
    )
    assert "geheim" not in repr(settings)
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_production_has_no_samples():
    assert not Settings.of({"MODE": "production"}).samples


def test_the_embedded_database_is_a_file_named_after_the_city_in_the_data_folder():
    settings = Settings.of({"DATA_DIR": "/srv/live", "CITY": "kota_bekasi"})
    assert settings.database_address == "sqlite:////srv/live/kota_bekasi.db"


def test_connectors_are_not_let_in_without_approval_in_production():
    with pytest.raises(SettingsError, match="LIVE_APPROVAL: never"):
        Settings.of({"MODE": "production", "LIVE_APPROVAL": "never"})
    assert Settings.of({"LIVE_APPROVAL": "never"}).approval is Approval.NEVER
