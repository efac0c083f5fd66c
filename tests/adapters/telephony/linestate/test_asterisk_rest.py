"""Asterisk's REST interface against a pretend of its documented answers: every state, losses loud and silent."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import LineState
from kalenderkoppling.telephony.linestate import Asterisk, AsteriskRest
from kalenderkoppling.telephony.linestate.device_states import read_device_state, read_event
from kktest.ari import PASSWORD, USER, PretendAsterisk, pretend_asterisk
from kktest.keeping import ACME
from kktest.lines import RunningClock, number_line, reading
from kktest.waiting import settled, until

UNKNOWN, FREE, RINGING, IN_CALL = LineState.UNKNOWN, LineState.FREE, LineState.RINGING, LineState.IN_CALL
CLOCK = RunningClock()
LINE = number_line("10231")
DEVICE = "PJSIP/10231"


@pytest.fixture
async def asterisk() -> AsyncIterator[PretendAsterisk]:
    async with pretend_asterisk() as running:
        yield running


def settings_for(asterisk: PretendAsterisk) -> Asterisk:
    return Asterisk(
        url=asterisk.url,
        user=USER,
        password=PASSWORD,
        shortest_retry=timedelta(seconds=0.02),
        longest_retry=timedelta(seconds=0.2),
        answers_within=timedelta(seconds=0.5),
    )


def watching(settings: Asterisk, *numbers: str) -> AsteriskRest:
    lines = AsteriskRest(settings, ACME, CLOCK, lambda: 0.0)
    lines.watch(numbers or ("10231",))
    return lines


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("NOT_INUSE", FREE),
        ("INUSE", IN_CALL),
        ("BUSY", IN_CALL),
        ("ONHOLD", IN_CALL),
        ("RINGING", RINGING),
        ("RINGINUSE", IN_CALL),
        ("UNAVAILABLE", UNKNOWN),
        ("INVALID", UNKNOWN),
        ("UNKNOWN", UNKNOWN),
        ("not_inuse", UNKNOWN),
        ("PARKED", UNKNOWN),
    ],
)
async def test_what_a_device_s_state_means_for_the_line(asterisk: PretendAsterisk, word: str, state: LineState) -> None:
    asterisk.devices[DEVICE] = word
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is state)
        other = "INUSE" if state is FREE else "NOT_INUSE"
        await asterisk.set(DEVICE, other)
        await until(lambda: heard.state(LINE) is (IN_CALL if state is FREE else FREE))
        await asterisk.set(DEVICE, word)
        await until(lambda: heard.state(LINE) is state)


async def test_a_phone_that_asterisk_does_not_know_is_unknown_and_not_free(asterisk: PretendAsterisk) -> None:
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is UNKNOWN)
        [(at, report)] = heard.reports
        assert report.valid_until <= at


async def test_each_device_is_asked_for_by_its_whole_name(asterisk: PretendAsterisk) -> None:
    asterisk.devices["Local/10231@internal/n"] = "INUSE"
    settings = replace(settings_for(asterisk), device="Local/{extension}@internal/n")
    async with reading(watching(settings), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is IN_CALL)
    assert "/ari/deviceStates/Local%2F10231%40internal%2Fn" in asterisk.asked


async def test_devices_of_others_are_not_told(asterisk: PretendAsterisk) -> None:
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: asterisk.listeners)
        await asterisk.set("PJSIP/10299", "INUSE")
        await asterisk.set("PJSIP/102310", "INUSE")
        await asterisk.set(DEVICE, "RINGING")
        await until(lambda: heard.state(LINE) is RINGING)
        assert {report.line for _, report in heard.reports} == {LINE}
        assert sum("events" in path for path in asterisk.asked) == 1


async def test_F_09_events_of_other_kinds_and_garbage_are_passed_over(asterisk: PretendAsterisk) -> None:
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: asterisk.listeners)
        await asterisk.tell("ChannelCreated", channel={"id": "1", "caller": {"number": "0701740605"}})
        await asterisk.tell("DeviceStateChanged")
        await asterisk.tell("DeviceStateChanged", device_state=None)
        await asterisk.tell("PeerStatusChange", device_state={"name": DEVICE, "state": "INUSE"})
        for text in (
            "",
            "null",
            "[]",
            "{}",
            '{"type": 1}',
            "{",
            "[" * 50_000,
            '{"type":"DeviceStateChanged","device_state":{}}',
        ):
            await asterisk.send(text)
        await settled()
        assert heard.of(LINE) == [UNKNOWN]
        await asterisk.set(DEVICE, "RINGING")
        await until(lambda: heard.state(LINE) is RINGING)
        assert asterisk.listeners == 1
        assert sum("events" in path for path in asterisk.asked) == 1


def objects_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values) | st.dictionaries(st.sampled_from(["type", "device_state", "name", "state"]), values)


JSON = st.recursive(st.none() | st.text() | st.integers() | st.just("DeviceStateChanged"), objects_of).map(json.dumps)


@given(st.text() | st.binary() | JSON)
def test_F_09_any_event_and_any_answer_is_read_or_refused(body: str | bytes) -> None:
    raw = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
    for read in (lambda: read_event(body), lambda: read_event(raw), lambda: read_device_state(raw)):
        with suppress(InvalidValueError):
            read()


async def test_what_changes_while_a_device_is_asked_for_is_newer_than_the_answer(asterisk: PretendAsterisk) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    asterisk.delays[DEVICE] = 0.2
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: asterisk.at_once == 1)
        await asterisk.set(DEVICE, "NOT_INUSE")
        await until(lambda: heard.state(LINE) is FREE)
        await settled(0.4)
        assert heard.of(LINE) == [FREE]


async def test_devices_are_asked_for_a_few_at_a_time(asterisk: PretendAsterisk) -> None:
    numbers = [str(number) for number in range(200)]
    for number in numbers:
        asterisk.devices[f"PJSIP/{number}"] = "NOT_INUSE"
        asterisk.delays[f"PJSIP/{number}"] = 0.005
    async with reading(watching(settings_for(asterisk), *numbers), CLOCK) as heard:
        await until(lambda: all(heard.state(number_line(number)) is FREE for number in numbers))
    assert asterisk.most_at_once == 8
    assert len(asterisk.asked) == 201


async def test_F_25_a_connection_that_dies_without_a_word_is_found_out_by_its_silence(
    asterisk: PretendAsterisk,
) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    settings = replace(settings_for(asterisk), silence=timedelta(seconds=3))
    async with reading(watching(settings), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is IN_CALL)
        await settled(4)
        assert heard.of(LINE) == [IN_CALL], "while pings are answered, silence is no loss"
        asterisk.is_stalled = True
        await until(lambda: heard.state(LINE) is UNKNOWN)
        asterisk.is_stalled = False
        await until(lambda: heard.state(LINE) is IN_CALL)


async def test_a_quiet_connection_is_kept_longer_than_any_answer_may_take(asterisk: PretendAsterisk) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    settings = replace(settings_for(asterisk), answers_within=timedelta(seconds=1))
    async with reading(watching(settings), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is IN_CALL)
        await settled(3)
        assert heard.of(LINE) == [IN_CALL]
        assert sum("events" in path for path in asterisk.asked) == 1


async def test_F_25_what_was_known_before_a_loss_is_not_told_again_after_it(asterisk: PretendAsterisk) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    settings = replace(settings_for(asterisk), valid=timedelta(seconds=1))
    async with reading(watching(settings), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is IN_CALL)
        asterisk.is_down = True
        await asterisk.drop()
        await until(lambda: heard.state(LINE) is UNKNOWN)
        await settled(2)
        assert heard.of(LINE) == [IN_CALL, UNKNOWN]


async def test_another_connection_of_the_same_name_makes_all_lines_unknown(asterisk: PretendAsterisk) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    settings = replace(settings_for(asterisk), longest_retry=timedelta(minutes=1))
    other = AsteriskRest(settings, ACME, CLOCK, lambda: 0.0)
    async with reading(watching(settings), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is IN_CALL)
        async with reading(other, CLOCK):
            await until(lambda: heard.state(LINE) is UNKNOWN)
            await settled(0.3)
            assert heard.state(LINE) is UNKNOWN, "the two do not fight"
            assert sum("events" in path for path in asterisk.asked) == 2


async def test_connections_of_other_names_do_not_disturb_each_other(asterisk: PretendAsterisk) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    settings = settings_for(asterisk)
    other = watching(replace(settings, application="second"))
    async with reading(watching(settings), CLOCK) as heard, reading(other, CLOCK) as second:
        await until(lambda: heard.state(LINE) is IN_CALL is second.state(LINE))
        await asterisk.set(DEVICE, "NOT_INUSE")
        await until(lambda: heard.state(LINE) is FREE is second.state(LINE))


@pytest.mark.parametrize("wrong", [{"user": "somebody"}, {"password": "wrong"}])
async def test_a_user_that_asterisk_refuses_is_not_tried_all_the_time(
    asterisk: PretendAsterisk, wrong: dict[str, Any]
) -> None:
    settings = replace(settings_for(asterisk), **wrong)
    with capture_logs() as logs:
        async with reading(watching(settings), CLOCK) as heard:
            await until(lambda: heard.state(LINE) is UNKNOWN)
            await settled(0.5)
            assert len(asterisk.asked) <= 4
    assert logs[0]["error"] == "the websocket is refused: 401"
    assert wrong.get("password", "-") not in str(logs)


async def test_F_25_an_asterisk_that_is_not_there_is_tried_after_longer_and_longer(asterisk: PretendAsterisk) -> None:
    asterisk.is_down = True
    settings = replace(
        settings_for(asterisk), shortest_retry=timedelta(seconds=0.05), longest_retry=timedelta(seconds=1)
    )
    lines = watching(replace(settings, url="http://127.0.0.1:9/ari"))
    with capture_logs() as logs:
        async with reading(lines, CLOCK) as heard:
            await until(lambda: heard.state(LINE) is UNKNOWN)
            await settled(0.5)
    assert 2 <= len([log for log in logs if log["event"] == "asterisk_lost"]) <= 5
    assert heard.of(LINE) == [UNKNOWN]


@pytest.mark.parametrize(
    "answer",
    [
        (404, '{"name": "PJSIP/10231", "state": "INUSE"}'),
        (400, ""),
        (200, "garbage"),
        (200, "{}"),
        (200, "[]"),
        (302, ""),
    ],
)
async def test_F_09_a_device_that_has_no_answer_is_unknown_and_harms_no_other(
    asterisk: PretendAsterisk, answer: tuple[int, str]
) -> None:
    asterisk.answers[DEVICE] = answer
    asterisk.devices["PJSIP/10232"] = "INUSE"
    async with reading(watching(settings_for(asterisk), "10231", "10232"), CLOCK) as heard:
        await until(lambda: heard.state(number_line("10232")) is IN_CALL)
        await until(lambda: heard.state(LINE) is UNKNOWN)
        await asterisk.set(DEVICE, "RINGING")
        await until(lambda: heard.state(LINE) is RINGING)
        assert sum("events" in path for path in asterisk.asked) == 1


@pytest.mark.parametrize("status", [500, 503, 403])
async def test_F_06_an_asterisk_that_fails_to_answer_is_left_and_tried_again(
    asterisk: PretendAsterisk, status: int
) -> None:
    asterisk.answers[DEVICE] = (status, "")
    asterisk.devices[DEVICE] = "INUSE"
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is UNKNOWN)
        asterisk.answers.clear()
        await until(lambda: heard.state(LINE) is IN_CALL)
        assert asterisk.listeners == 1


async def test_F_07_a_device_whose_answer_does_not_come_is_a_loss(asterisk: PretendAsterisk) -> None:
    asterisk.devices[DEVICE] = "INUSE"
    asterisk.delays[DEVICE] = 5
    async with reading(watching(settings_for(asterisk)), CLOCK) as heard:
        await until(lambda: heard.state(LINE) is UNKNOWN, 2)
        asterisk.delays.clear()
        await until(lambda: heard.state(LINE) is IN_CALL)


async def test_the_password_is_in_no_address_and_no_representation(asterisk: PretendAsterisk) -> None:
    settings = settings_for(asterisk)
    async with reading(watching(settings), CLOCK) as heard:
        await until(lambda: heard.reports)
    assert all("api_key" not in path and "correct" not in path for path in asterisk.asked)
    assert PASSWORD not in repr(settings)
    assert "/ari/events?app=kalenderkoppling&subscribeAll=true" in asterisk.asked


@pytest.mark.parametrize(
    "fields",
    [
        {"url": ""},
        {"url": "pbx.example.org"},
        {"url": "ftp://pbx.example.org/ari"},
        {"url": "http://u:p@pbx.example.org/ari"},
        {"url": "http://pbx.example.org/ari?api_key=u:p"},
        {"url": "http://[::1"},
        {"user": ""},
        {"user": "a:b"},
        {"device": "PJSIP/10231"},
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, Any]) -> None:
    good = {"url": "http://127.0.0.1:8088/ari", "user": USER, "password": PASSWORD}
    with pytest.raises(InvalidValueError):
        Asterisk(**(good | fields))
