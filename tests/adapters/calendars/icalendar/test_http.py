"""Reading files over HTTP: what is asked, what is refused, and which addresses are ever connected to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from kalenderkoppling.calendars.icalendar import door
from kalenderkoppling.calendars.icalendar.reach import CheckedResolver, Reach, UnreachableByRuleError
from kalenderkoppling.calendars.icalendar.settings import Icalendar
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    InvalidValueError,
    MailboxBlockedError,
    PausedError,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.settings import Secret
from kktest.icalendar import (
    KIM,
    NOW,
    STOCKHOLM,
    WINDOW,
    FileServer,
    calendar,
    event,
    opened,
    seen,
    serving,
    settings_for,
)

WHOLE = calendar(event("a"))


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with serving() as found:
        found.files[KIM] = WHOLE
        yield found


async def refused(server: FileServer, answer: web.StreamResponse) -> CalendarError:
    server.answer_next = answer
    async with opened(settings_for(server)) as source:
        with pytest.raises(CalendarError) as told:
            await seen(source)
    return told.value


async def test_the_mailbox_is_percent_encoded_in_the_address(server: FileServer) -> None:
    odd = "kim+ö/../x?y#z@exempel.example"
    server.files[odd] = WHOLE
    async with opened(settings_for(server)) as source:
        assert len((await seen(source, mailbox=odd)).bookings) == 1
    (asked,) = server.asked
    assert asked.raw_path == f"/{quote(odd, safe='')}/calendar.ics"
    assert "%2F" in asked.raw_path


async def test_a_secret_address_is_read_from_where_it_is(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KK_TEST_URL", f"{server.origin}/{{mailbox}}/calendar.ics?key=s3cret")
    async with opened(settings_for(server, url=Secret(env="KK_TEST_URL"))) as source:
        await seen(source)
    assert server.asked[0].query["key"] == "s3cret"


async def test_a_login_is_sent_and_nothing_is_asked_packed(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("lösen", encoding="utf-8")
    (tmp_path / "password").chmod(0o600)
    secret = Secret(file=str(tmp_path / "password"))
    async with opened(settings_for(server, user="kk", password=secret)) as source:
        await seen(source)
    headers = server.asked[0].headers
    assert (headers["Authorization"], headers["Accept-Encoding"]) == ("Basic a2s6bMO2c2Vu", "identity")


@pytest.mark.parametrize(
    ("status", "problem"),
    [(401, ReadProblem.SIGN_IN_REFUSED), (500, ReadProblem.SERVER_ERROR), (429, ReadProblem.THROTTLED),
     (503, ReadProblem.SERVER_ERROR), (204, ReadProblem.MALFORMED), (400, ReadProblem.MALFORMED),
     (304, ReadProblem.MALFORMED)],
)  # fmt: skip
async def test_a_refusal_is_told_in_our_words(server: FileServer, status: int, problem: ReadProblem) -> None:
    error = await refused(server, web.Response(status=status))
    assert isinstance(error, ReadFailedError)
    assert error.problem is problem


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, BlockedReason.FORBIDDEN), (404, BlockedReason.NOT_FOUND), (410, BlockedReason.NOT_FOUND)],
)
async def test_a_mailbox_that_is_refused_is_blocked(server: FileServer, status: int, reason: BlockedReason) -> None:
    error = await refused(server, web.Response(status=status))
    assert isinstance(error, MailboxBlockedError)
    assert error.reason is reason


@pytest.mark.parametrize("status", [429, 503])
async def test_S_8_a_server_that_asks_to_wait_is_left_alone(server: FileServer, status: int) -> None:
    error = await refused(server, web.Response(status=status, headers={"Retry-After": "120"}))
    assert isinstance(error, PausedError)
    assert error.retry_after == timedelta(seconds=120)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(server: FileServer, status: int) -> None:
    elsewhere = {"Location": f"{server.origin}/{KIM}/calendar.ics"}
    error = await refused(server, web.Response(status=status, headers=elsewhere))
    assert isinstance(error, ReadFailedError)
    assert len(server.asked) == 1


async def test_too_large_a_file_and_a_compressed_one_are_refused(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refused(server, web.Response(body=WHOLE, headers={"Content-Encoding": "gzip"}))
    monkeypatch.setitem(door.HttpDoor.__init__.__kwdefaults__ or {}, "bytes_at_most", 50)
    assert "too large" in str(await refused(server, web.Response(body=WHOLE)))


async def test_no_error_bears_the_address_or_the_mailbox(server: FileServer) -> None:
    unreachable = settings_for(server, url="http://127.0.0.1:9/s3cret/{mailbox}.ics")
    async with opened(unreachable) as source:
        with pytest.raises(ReadFailedError) as told:
            await seen(source)
    assert "s3cret" not in str(told.value)
    assert KIM not in str(told.value)


# ── conditional GET ─────────────────────────────────────────────────────────────────────────────


async def looks(server: FileServer, *, change: bytes | None = None) -> tuple[bool, str | None, str | None]:
    """Look, change the file, look again: whether the second found a change, and what it asked with."""
    async with opened(settings_for(server)) as source:
        validator = (await seen(source)).validator
        assert validator is not None
        if change is not None:
            server.files[KIM] = change
        again = await source.view_if_changed(KIM, WINDOW, STOCKHOLM, Fields(), validator)
    headers = server.asked[1].headers
    return again is not None, headers.get("If-None-Match"), headers.get("If-Modified-Since")


async def test_an_unchanged_file_is_not_sent_again(server: FileServer) -> None:
    changed, etag, since = await looks(server)
    assert (changed, etag is not None, since) == (False, True, None)


async def test_a_changed_file_is_read(server: FileServer) -> None:
    assert (await looks(server, change=calendar(event("a", "CLASS:PRIVATE"))))[0]


async def test_the_same_bytes_are_the_same_without_any_validator_of_the_servers(server: FileServer) -> None:
    server.with_etag = False
    assert await looks(server) == (False, None, None)
    server.asked.clear()
    assert (await looks(server, change=calendar(event("b"))))[0]


async def test_a_date_of_change_counts_a_minute_later(server: FileServer) -> None:
    server.with_etag, server.modified_at = False, NOW - timedelta(minutes=2)
    changed, _, since = await looks(server)
    assert (changed, since is not None) == (False, True)


async def test_a_file_that_changed_twice_within_a_second_is_not_missed(server: FileServer) -> None:
    server.with_etag, server.modified_at = False, NOW
    changed, _, since = await looks(server, change=calendar(event("a", "CLASS:PRIVATE")))
    assert (changed, since) == (True, None)


async def test_a_weak_validator_is_not_trusted(server: FileServer) -> None:
    server.answer_next = web.Response(body=WHOLE, headers={"ETag": 'W/"1"'})
    assert (await looks(server))[1] is None


# ── which addresses ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("networks", [(), ("10.0.0.0/8",), ("192.0.2.0/24", "fd00::/8")])
async def test_a_private_address_that_is_not_listed_is_never_connected_to(
    server: FileServer, networks: tuple[str, ...]
) -> None:
    for host in ("127.0.0.1", "localhost"):
        url = f"{server.origin.replace('127.0.0.1', host)}/{{mailbox}}/calendar.ics"
        async with opened(settings_for(server, url=url, networks=networks)) as source:
            with pytest.raises(ReadFailedError) as told:
                await seen(source)
            assert told.value.problem is ReadProblem.UNREACHABLE
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::1", "198.18.0.1", "nonsense", "", "fe80::1%eth0", "::ffff:169.254.169.254",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_refused_in_every_form(address: str) -> None:
    assert not Reach(()).allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_allowed_and_not_listed(address: str) -> None:
    assert Reach(()).allows(address)
    assert not Reach(("10.0.0.0/8",)).is_listed(address)


class Told(AbstractResolver):
    """Resolves every name to the next of some answers."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self.answers.pop(0)
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("found", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], []])
async def test_a_name_with_any_private_address_is_refused(found: list[str]) -> None:
    with pytest.raises(UnreachableByRuleError):
        await CheckedResolver(Reach(()), only_listed=False, inner=Told(found)).resolve("example.com", 443)


async def test_the_checked_addresses_are_the_ones_that_are_given() -> None:
    resolver = CheckedResolver(Reach(()), only_listed=False, inner=Told(["8.8.8.8"], ["127.0.0.1"]))
    assert [each["host"] for each in await resolver.resolve("example.com", 443)] == ["8.8.8.8"]
    with pytest.raises(UnreachableByRuleError):
        await resolver.resolve("example.com", 443)


async def test_plain_http_reaches_listed_networks_alone() -> None:
    with pytest.raises(UnreachableByRuleError):
        await CheckedResolver(Reach(()), only_listed=True, inner=Told(["8.8.8.8"])).resolve("example.com", 80)


# ── settings ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "settings",
    [
        Icalendar(),
        Icalendar(url="https://x.example/{mailbox}", file="{mailbox}"),
        Icalendar(file="calendar.ics"),
        Icalendar(url="https://x.example/calendar.ics"),
        Icalendar(url="https://{mailbox}.example/calendar.ics"),
        Icalendar(url="https://{mailbox}@x.example/{mailbox}"),
        Icalendar(url="https://user:s3cret@x.example/{mailbox}"),
        Icalendar(url="https://x.example/#{mailbox}"),
        Icalendar(url="ftp://x.example/{mailbox}"),
        Icalendar(url="file:///etc/{mailbox}"),
        Icalendar(url="https:///{mailbox}"),
        Icalendar(url="https://x.example:port/{mailbox}"),
        Icalendar(url="https://[/{mailbox}"),
        Icalendar(url="https://x.example/{mailbox}", networks=("here",)),
        Icalendar(url="https://x.example/{mailbox}", user="kk"),
        Icalendar(url="https://x.example/{mailbox}", password=Secret(env="KK_NOWHERE")),
        Icalendar(url=Secret(env="KK_NOWHERE")),
    ],
)
async def test_settings_that_do_not_fit_are_refused_without_repeating_a_secret(settings: Icalendar) -> None:
    with pytest.raises(InvalidValueError) as told:
        async with opened(settings):
            pass
    assert "s3cret" not in str(told.value)


async def test_webcal_is_https() -> None:
    async with opened(Icalendar(url="webcal://127.0.0.1:9/{mailbox}", networks=("127.0.0.0/8",))) as source:
        assert str(source._door._template.of("kim")).startswith("https://")  # type: ignore[attr-defined] # the HTTP door


async def test_a_server_that_never_ends_its_answer_is_given_up(server: FileServer) -> None:
    class Slow(web.StreamResponse):
        async def prepare(self, request: web.BaseRequest) -> object:  # type: ignore[override] # never answers
            await asyncio.Event().wait()
            return None

    server.answer_next = Slow()
    async with opened(settings_for(server), deadline_seconds=0.5) as source:
        with pytest.raises(ReadFailedError) as told:
            await seen(source)
    assert told.value.problem is ReadProblem.UNREACHABLE
