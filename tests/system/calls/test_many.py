"""Many calls in a short time, and none of them fails; `make soak` places a hundred a second and times them."""

from datetime import timedelta
from pathlib import Path

import pytest

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.core import look_up
from kktest.sipp import sipp
from kktest.sipp_scenarios import caller, pause
from kktest.timed import IS_TIMED, took_at_most
from kktest.voice import Site, Voice, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CALLS, A_SECOND = (300, 100) if IS_TIMED else (60, 20)
PAUSE_SECONDS = 0.01
LONGEST_MEAN = timedelta(milliseconds=200)
"""From INVITE to the end of BYE; some twenty milliseconds on a quiet machine."""

ANNOUNCED = 'kk_calls_total{reason="announced"}'


async def written(site: Site, id_: str) -> list[CallResult]:
    """What became of a person's calls, as the history has it."""
    records = await look_up(site.core, TENANT, lambda tx: tx.calls.of(PersonId(id_), limit=2 * CALLS))
    return [each.result for each in records]


async def test_many_calls_at_once_are_all_announced_and_all_written_down(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    await voice.ready(extension)
    scenario = caller(pause(PAUSE_SECONDS))
    with sipp(scenario, tmp_path, to=voice.sip, number=extension, calls=CALLS, rate=A_SECOND, traced=False) as many:
        await over(many)
    figures = many.outcome.statistics
    assert (figures["SuccessfulCall(C)"], figures["FailedCall(C)"]) == (str(CALLS), "0")
    took_at_most(CALLS / float(figures["CallRate(C)"]), CALLS / (0.8 * A_SECOND))
    took_at_most(mean_length(figures["CallLength(C)"]).total_seconds(), LONGEST_MEAN.total_seconds())
    assert await eventually(voice.counted, ANNOUNCED, wanted=lambda counted: counted >= CALLS) == CALLS

    async def written_of(id_: str) -> list[CallResult]:
        return await written(site, id_)

    everything = await eventually(written_of, extension, wanted=lambda found: len(found) >= CALLS)
    assert everything == [CallResult.ANNOUNCED] * CALLS


def mean_length(told: str) -> timedelta:
    """Read a time of sipp's, `hours:minutes:seconds:microseconds`."""
    hours, minutes, seconds, microseconds = map(int, told.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
