"""The addresses of operations: health, and figures on ports that are not the pages'.

Both are asked by any host name: balancers and Prometheus ask by address.
"""

from __future__ import annotations

import asyncio

from litestar import Response
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler
from prometheus_client import CONTENT_TYPE_LATEST

from kalenderkoppling.domain.errors import StoreUnavailableError
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.web.given import TheCore
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.shell import shell_of
from kalenderkoppling.surfaces.web.surface import Surface, page
from kalenderkoppling.usecases.core import look_up

READY_WITHIN_SECONDS = 2.0
_OPT = {"answers": "problem", "any_host": True}


@page("/health/live", opt=_OPT)
async def is_live() -> Response[str]:
    """Tell that the process answers."""
    return Response("live\n", media_type=MediaType.TEXT)


@page("/health/ready", opt=_OPT)
async def is_ready(request: AnyRequest, core: TheCore) -> Response[str]:
    """Tell whether requests can be served: the store answers. A calendar system that is out changes nothing."""
    tenant = shell_of(request).options.tenant
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS):
            await look_up(core, tenant, lambda tx: tx.people.settings())
    except (TimeoutError, StoreUnavailableError):
        return Response("not ready\n", status_code=503, media_type=MediaType.TEXT)
    return Response("ready\n", media_type=MediaType.TEXT)


def operations_surface(meter: PrometheusMeter | None = None) -> Surface:
    """Put operations together; without a meter there are no figures to ask for."""
    handlers: list[ControllerRouterHandler] = [is_live, is_ready]
    if meter is not None:
        handlers.append(_figures(meter))
    return Surface(name="operations", handlers=handlers, has_pages=False)


def _figures(meter: PrometheusMeter) -> ControllerRouterHandler:
    @page("/metrics", opt=_OPT)
    async def figures() -> Response[bytes]:
        """Give the figures to Prometheus."""
        return Response(meter.text(), media_type=CONTENT_TYPE_LATEST)

    return figures
