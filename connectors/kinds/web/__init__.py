"""The web: one guarded, pooled way to every source that speaks HTTP."""

from connectors.kinds.web.client import GuardedWeb, open_web
from connectors.kinds.web.names import Resolver
from connectors.kinds.web.pool import Bounds

__all__ = ["Bounds", "GuardedWeb", "Resolver", "open_web"]
