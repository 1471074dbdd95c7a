"""Whether the process lives, and whether it is ready for callers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias

import orjson
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

logger = logging.getLogger(__name__)

Checks: TypeAlias = "Callable[[], Awaitable[Mapping[str, bool]]]"
"""Says by name what the gateway needs and whether it is there, e.g. {"catalogue": True}."""


def health_routes(checks: Checks) -> list[Route]:
    """`/health/live`, always 200, and `/health/ready`, 200 or 503 with each check by name.

    A check that raises counts as failed; why is only in our log.
    """

    async def live(_request: Request) -> Response:
        return _json({"status": "ok"}, 200)

    async def ready(_request: Request) -> Response:
        try:
            results = dict(await checks())
        except Exception as fault:  # noqa: BLE001 - a broken check means not ready, never a trace
            logger.error("readiness_check_failed type=%s", type(fault).__qualname__)  # noqa: TRY400 - the message may hold an address
            results = {"checks": False}
        fit = all(results.values())
        return _json({"status": "ok" if fit else "unready", "checks": results}, 200 if fit else 503)

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
