"""`kalenderkoppling serve` as a process of its own, against a pretend tenant, killed and started again."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from kalenderkoppling.sandbox import Blocked
from kktest.served import PATIENCE_SECONDS, PEOPLE, Installation, ended, installed, program
from kktest.waiting import eventually, settled, until


@pytest_asyncio.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installed(tmp_path) as found:
        yield found


async def test_R5_a_booking_comes_to_the_store_and_leaves_it_again(installation: Installation) -> None:
    installation.book("anna", "standing")
    async with program(installation, "serve"):
        await until(lambda: installation.kept() == installation.booked() != [])
        await until(lambda: len(installation.graph.book.live(installation.mailboxes["anna"].user_id)) == 1)
        installation.book("anna", "later", hours_ahead=3)
        await until(lambda: len(installation.kept()) == 2)
        installation.world.update_event("later", sensitivity="private")
        await until(lambda: len(installation.kept()) == 1)
    assert installation.graph.refused_writes == 0


async def test_F_20_L_5_killed_at_any_moment_and_started_again_nothing_is_lost_or_doubled(
    installation: Installation,
) -> None:
    chance = random.Random(7)
    for number in range(4):
        async with program(installation, "serve") as running:
            for person in PEOPLE:
                installation.book(person, f"{person}-{number}", hours_ahead=1 + 2 * number)
            installation.world.delete_event(f"anna-{number}")
            await settled(chance.uniform(0, 0.6))
            await running.kill()
    async with program(installation, "serve"):
        await until(lambda: installation.kept() == installation.booked() != [])
        await settled(1)
        assert installation.kept() == installation.booked()


async def test_it_stops_cleanly_when_it_is_told_to(installation: Installation) -> None:
    async with program(installation, "serve") as running:
        assert await running.stop() == 0


async def test_the_hooks_port_has_no_pages_and_the_pages_port_no_hooks(installation: Installation) -> None:
    async with program(installation, "serve"), aiohttp.ClientSession() as session:
        pages = f"http://127.0.0.1:{installation.port}"
        hooks = f"http://127.0.0.1:{installation.hooks_port}"
        for url, expected in ((f"{pages}/sign-in", 200), (f"{hooks}/sign-in", 404), (f"{hooks}/", 404)):
            async with session.get(url) as answer:
                assert answer.status == expected, url
        for url, expected in ((f"{hooks}/hooks/calendar/default/guessed", 202), (f"{pages}/hooks/calendar/x/y", 404)):
            async with session.post(url, data=b"{}") as answer:
                assert answer.status == expected, url


async def test_a_refused_sign_in_is_told_at_the_start_with_what_to_do(installation: Installation) -> None:
    (installation.folder / "client-secret").write_text("wrong", encoding="utf-8")
    async with program(installation, "serve") as running, asyncio.timeout(PATIENCE_SECONDS):
        assert running.process.stdout is not None
        # It may be told before the greeting, or after it.
        while not any("kalenderkoppling doctor" in line for line in running.said):
            running.said.append((await running.process.stdout.readline()).decode())
    assert any("Microsoft 365: sign_in" in line for line in running.said), running.said


async def test_the_people_file_is_followed_while_it_runs(installation: Installation) -> None:
    installation.book("bo", "meeting")
    async with program(installation, "serve"):
        await until(lambda: len(installation.kept()) == 1)
        installation.write_people(without_service=["bo"])
        await until(lambda: installation.kept() == [])


@pytest.mark.parametrize("damage", ["a stray quote", "most rows lost", "no file"])
async def test_a_people_file_that_is_refused_keeps_nothing_from_starting_with_the_directory_that_it_has(
    installation: Installation, damage: str
) -> None:
    installation.book("bo", "meeting")
    async with program(installation, "serve") as running:
        await until(lambda: len(installation.kept()) == 1)
        assert await running.stop() == 0
    file = installation.folder / "people.csv"
    if damage == "a stray quote":
        file.write_text(file.read_text(encoding="utf-8").replace("Bo,", '"Bo,'), encoding="utf-8")
    elif damage == "most rows lost":
        installation.write_people(["anna"])
    else:
        file.unlink()
    async with program(installation, "serve") as running:
        installation.book("anna", "later")
        await until(lambda: len(installation.kept()) == 2)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any("The people file is refused" in line for line in running.said):
                assert running.process.stdout is not None
                running.said.append((await running.process.stdout.readline()).decode())
        installation.write_people(without_service=["bo"])
        await until(lambda: len(installation.kept()) == 1)


@pytest.mark.parametrize(
    ("server", "more", "told"),
    [
        ("colour = 'blue'", "", "colour"),
        ('host = "0.0.0.0"', "", "loopback"),
        ('public_url = "http://exempel.example"', "", "https"),
        ("", 'time_zone = "Europe/Atlantis"', "Atlantis"),
        ("", 'rules = { busy = { reason = "naptime" } }', "naptime"),
    ],
)
async def test_what_does_not_fit_in_the_settings_refuses_to_start_and_is_named(
    installation: Installation, server: str, more: str, told: str
) -> None:
    installation.write_settings(more, server)
    code, said = await ended(installation, "serve")
    assert (code, told in said, "Traceback" in said) == (1, True, False), said


async def test_the_doctor_finds_all_well_beside_a_running_server(installation: Installation) -> None:
    installation.write_people(without_service=["fatima"])
    anna_to_eva = {mailbox.user_id for person, mailbox in installation.mailboxes.items() if person != "fatima"}
    installation.graph.application.mailboxes = anna_to_eva
    async with program(installation, "serve"):
        await until(installation.database.exists)
        code, said = await ended(installation, "doctor")
    assert (code, "FAIL" in said) == (0, False), said


async def test_the_doctor_says_what_to_do_about_a_scope_that_is_too_wide(installation: Installation) -> None:
    installation.write_people(without_service=["fatima"])
    code, said = await ended(installation, "doctor")
    assert code == 1
    assert re.search(r"FAIL scope: 1 of 1 answered.*\n\s+-> Mailboxes outside the service answer", said), said


async def test_the_doctor_names_the_mailboxes_that_are_refused_and_why(installation: Installation) -> None:
    installation.book("anna", "meeting")
    installation.world.block(installation.mailboxes["bo"].user_id, Blocked.NO_SUCH_USER)
    async with program(installation, "serve"):
        await until(lambda: len(installation.kept()) == 1)
        await until(lambda: len(installation.graph.journal.views(installation.mailboxes["bo"].user_id)) > 0)
        code, said = await eventually(ended, installation, "doctor", wanted=lambda told: "bo (not_found)" in told[1])
    assert (code, "anna (" in said) == (1, False), said


async def test_a_person_is_handed_out_and_erased_by_command(installation: Installation) -> None:
    installation.book("cecilia", "meeting")
    async with program(installation, "serve"):
        await until(lambda: len(installation.kept()) == 1)
    code, said = await ended(installation, "export-person", "cecilia")
    assert (code, json.loads(said)["person"]["name"], json.loads(said)["person"]["roles"]) == (
        0,
        "Cecilia",
        ["employee"],
    ), said
    assert (await ended(installation, "erase-person", "cecilia"))[0] == 0
    assert (await ended(installation, "export-person", "cecilia"))[0] == 1
    assert b"Cecilia" not in installation.database.read_bytes()
    code, said = await ended(installation, "audit")
    assert (code, "erased" in said, "broken" in said) == (0, True, False), said
