"""Templates of all surfaces: everything is escaped, and a name that nobody gave is an error."""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined


def template_environment(surfaces: Iterable[str]) -> Environment:
    """Make the templates of surfaces loadable as `<surface>/file.html`."""
    loaders = {name: PackageLoader(f"kalenderkoppling.surfaces.{name}") for name in surfaces}
    return Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
