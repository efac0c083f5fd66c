"""The hooks as a surface beside the pages, and as an application of their own for a port of their own."""

from __future__ import annotations

from litestar import Litestar

from kalenderkoppling.surfaces.hooks.routes import Hooks, hook_handlers
from kalenderkoppling.surfaces.web.app import machine_app
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.surface import Surface
from kalenderkoppling.usecases.core import Core


def hooks_surface(hooks: Hooks) -> Surface:
    """Put the hooks together."""
    return Surface(name="hooks", handlers=hook_handlers(hooks), has_pages=False)


def hooks_app(core: Core, options: WebOptions, hooks: Hooks) -> Litestar:
    """Make an application that has the hooks and nothing else."""
    return machine_app(core, options, surfaces=[hooks_surface(hooks)])
