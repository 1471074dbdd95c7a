"""All tables of the city in one place, for migrations: importing this imports them all."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from catalog import tables
from catalog.registrations import looks as look_tables
from catalog.registrations import tables as registration_tables
from catalog.workflow import tables as workflow_tables
from connectors import store
from connectors.store.base import metadata

for _module in pkgutil.iter_modules(store.__path__):
    import_module(f"{store.__name__}.{_module.name}")

__all__ = ["look_tables", "metadata", "registration_tables", "tables", "workflow_tables"]
