"""Templates of all surfaces: everything is escaped, and a name that nobody gave is an error.

What comes from outside goes through the filter `bdi`, or `isolated` where no element may stand (`web.outside`).
"""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

from kalenderkoppling.surfaces.web.outside import bdi, isolated


def template_environment(surfaces: Iterable[str]) -> Environment:
    """Make the templates of surfaces loadable as `<surface>/file.html`."""
    loaders = {name: PackageLoader(f"kalenderkoppling.surfaces.{name}") for name in surfaces}
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["bdi"] = bdi
    environment.filters["isolated"] = isolated
    return environment
