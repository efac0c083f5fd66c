"""What a handler of a route is given by its parameter's name: `core: TheCore, visit: TheVisit, form: TheForm`."""

from __future__ import annotations

from typing import TypeAlias

from litestar.di import NamedDependency

from kalenderkoppling.surfaces.web.forms import Form
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.core import Core

TheCore: TypeAlias = NamedDependency[Core]
TheVisit: TypeAlias = NamedDependency[Visit]
TheForm: TypeAlias = NamedDependency[Form]
