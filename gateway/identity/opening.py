"""All ways to prove who one is, as the settings say; opened once at the start."""

from __future__ import annotations

from contextlib import AsyncExitStack

from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.upkeep.upkeep import Services
from gateway.identity.callers import Identity, Way
from gateway.identity.keys import KEY_PREFIX, ApiKeys, holders
from gateway.settings import Mode, Settings


def checked(settings: Settings) -> None:
    """Raises ValueError for a file of identity providers that a gateway cannot start with."""
    if settings.oidc_file is not None:
        from gateway.identity.oidc.providers import read_providers

        read_providers(settings.oidc_file, production=settings.mode is Mode.PRODUCTION)


def identity_of(
    settings: Settings, engine: AsyncEngine, services: Services, closing: AsyncExitStack
) -> Identity:
    """Tells who asks: by keys of our own, and by tokens of the providers of LIVE_OIDC_FILE.

    In development those of the development issuer are believed, too. What has to be closed is
    given to `closing`. Raises ValueError for a file that cannot be read.
    """
    clock = services.clock
    ways: list[Way] = [ApiKeys(holders(engine, clock), clock, prefix=KEY_PREFIX)]
    production = settings.mode is Mode.PRODUCTION
    if settings.oidc_file is None and production:
        return Identity(ways)
    # A gateway without identity providers need not carry cryptography.
    from gateway.identity.oidc.claims import Subjects
    from gateway.identity.oidc.keyring import KeyRing, fetching
    from gateway.identity.oidc.providers import read_providers
    from gateway.identity.oidc.way import OpenIdTokens, Trusted

    trusted = []
    if settings.oidc_file is not None:
        for provider in read_providers(settings.oidc_file, production=production):
            fetch = fetching(
                provider,
                services.web,
                private_hosts=services.private_hosts,
                production=production,
            )
            ring = KeyRing(provider.name, fetch, clock, offline=provider.offline_seconds)
            closing.push_async_callback(ring.aclose)
            trusted.append(Trusted(provider, ring))
    if not production:
        from gateway.identity.development import DevelopmentIssuer

        trusted.append(DevelopmentIssuer.opened(settings).trusted())
    subjects = Subjects.kept_in(settings.subject_key_file)
    return Identity([*ways, OpenIdTokens(trusted, subjects, clock)])
