"""Whether both sides of a call still exist: otherwise a lost BYE would leave a call open for ever.

Polled by OPTIONS within the dialog, which changes nothing in it (RFC 3261, section 11.2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kalenderkoppling.telephony.sip.dialog import Dialog

# Statuses by which the other side says that the dialog does not exist any more (RFC 5057, section 5.1).
_GONE = frozenset({408, 481})
_FINAL = 200


async def until_one_is_gone(dialogs: Sequence[Dialog], every: timedelta, patience: timedelta) -> None:
    """Return once one of the sides does not know the dialog any more, or has not answered within `patience`."""
    while True:
        await asyncio.sleep(every.total_seconds())
        for dialog in dialogs:
            if not await is_there(dialog, patience):
                return


async def is_there(dialog: Dialog, patience: timedelta) -> bool:
    """Send OPTIONS to a side; any answer but those above means that it is there."""
    answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def take(response: Any) -> None:  # noqa: ANN401 - the stack's own type
        code = int(response.getSCode()[0])
        if code >= _FINAL and not answered.done():
            answered.set_result(code)

    try:
        dialog.newTransaction(dialog.genRequest("OPTIONS"), resp_cb=take)
    except Exception:  # noqa: BLE001 - the stack raises whatever comes; that we cannot ask ends nobody's call
        return True
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await answered not in _GONE
    except TimeoutError:
        return False
