"""What a caller hears, over HTTP: for whom, in what form, and what is told where there is nothing to hear."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.absences.call import Announce, Announced, RingThenAnnounce
from kalenderkoppling.domain.absence import MEETING, SICK, AbsenceId, Diversion, ReturnForm
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.sound import read_wav, tone, wav
from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.surface import listen_surface
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions
from kalenderkoppling.surfaces.web.refusals import BusyError
from kalenderkoppling.surfaces.web.ringing import ringing_length, rung
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.words import languages, text
from kktest.absence_pages import Reader, reading
from kktest.bidi import as_read
from kktest.make import at, between, layer, rule
from kktest.prompts import MemoryShelf
from kktest.speech import FakeSpeech
from kktest.waiting import turns
from kktest.web import ANNA, BO, NOW, TENANT, Company, make_app, visiting

NOW_TO_ELEVEN = between("2026-11-25 10:00", "2026-11-25 11:00")
TOMORROW = between("2026-11-26 13:00", "2026-11-26 14:00")
HERE = "/people/anna/announcement"
CANARY = "Kanariefågel"
SAID_NOW = "Anna Berg är i möte och är åter klockan elva."


def as_a_script(reader: Reader, path: str) -> Response:
    return reader.ask("GET", path, {}, Accept="audio/wav, application/problem+json")


def meetings_divert(company: Company) -> None:
    divert = layer({ShowAs.BUSY: rule(MEETING, Diversion.DIRECT)}, show_subject=True)
    company.write(lambda tx: tx.rules.put_layer(ScopedLayer(layer=divert)))
    company.looked(ANNA)


def test_a_colleague_hears_what_any_caller_hears_now(company: Company, speech: FakeSpeech, bo: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    answer = bo.get(HERE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Language"] == "sv"
    heard = read_wav(answer.content)
    assert heard.rate == 16_000
    assert heard.length > timedelta(seconds=1)
    assert speech.said == [SAID_NOW]


def test_S_2_S_3_no_word_of_a_booking_is_heard_or_sent_along(
    company: Company, speech: FakeSpeech, shelf: MemoryShelf, anna: Reader, bo: Reader
) -> None:
    meetings_divert(company)
    coming = company.booked(ANNA, TOMORROW, subject=CANARY)
    company.booked(ANNA, NOW_TO_ELEVEN, subject=CANARY)
    answers = [bo.get(HERE), anna.get(HERE), anna.get(f"{HERE}?absence={coming}")]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert not [each for each in speech.said if CANARY in each]
    assert speech.said[-1] == "Anna Berg är i möte och är åter klockan fjorton."
    assert not [each for each in answers if CANARY.encode() in each.content or CANARY in str(each.headers)]
    assert shelf.prompts == {}


def test_illness_is_never_spoken(company: Company, speech: FakeSpeech, bo: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, reason=SICK, diversion=Diversion.DIRECT)
    assert bo.get(HERE).status_code == 200
    assert speech.said == ["Anna Berg är frånvarande och är åter klockan elva."]


@pytest.mark.parametrize("language", languages())
def test_a_phone_that_rings_is_told_to_people_in_their_language_and_to_scripts_by_a_key(
    company: Company, client: TestClient[Litestar], language: str, speech: FakeSpeech
) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN)
    reader = reading(company, client, BO, language)
    told = reader.get(HERE)
    assert told.status_code == 404
    assert text("listen.nothing", reader.language) in told.text  # type: ignore[arg-type] # it is one of ours
    problem = as_a_script(reader, HERE)
    assert problem.status_code == 404
    assert problem.json()["key"] == "phone_rings"
    assert speech.said == []


def test_what_comes_is_heard_by_the_person_attendants_and_administrators(
    company: Company, anna: Reader, attendant: Reader, administrator: Reader, speech: FakeSpeech
) -> None:
    coming = company.absent(ANNA, TOMORROW, diversion=Diversion.OPEN)
    for reader in (anna, attendant, administrator):
        assert reader.get(f"{HERE}?absence={coming}").status_code == 200
    assert speech.said == ["Anna Berg är i möte och är åter klockan fjorton."] * 3


def test_what_comes_is_for_a_colleague_as_if_it_never_was(company: Company, bo: Reader, speech: FakeSpeech) -> None:
    coming = company.absent(ANNA, TOMORROW, diversion=Diversion.DIRECT)
    answers = [as_a_script(bo, f"{HERE}?absence={id_}") for id_ in (coming, "never-was")]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["key"] == "not_found"
    assert speech.said == []


@pytest.mark.parametrize("id_", ["never-was", "../..", "a" * 5_000, "%00", "' OR 1=1 --"])
def test_an_absence_that_is_none_of_the_persons_is_not_found(company: Company, attendant: Reader, id_: str) -> None:
    of_bo = company.absent(BO, TOMORROW, diversion=Diversion.DIRECT)
    for each in (id_, of_bo):
        assert attendant.get(f"{HERE}?absence={each}").status_code == 404


def test_S_7_people_of_another_tenant_are_not_found(administrator: Reader) -> None:
    for stranger in ("olle", "nobody"):
        answer = as_a_script(administrator, f"/people/{stranger}/announcement")
        assert answer.status_code == 404
        assert answer.json()["key"] == "not_found"


def test_nobody_signed_in_hears_anything(company: Company, anna: Reader, speech: FakeSpeech) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    anna.cookies.clear()
    assert anna.get(HERE).headers["Location"].startswith("/sign-in")
    assert as_a_script(anna, HERE).status_code == 401
    assert speech.said == []


def test_F_26_speech_that_fails_is_told_and_breaks_nothing_else(
    company: Company, anna: Reader, speech: FakeSpeech
) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    speech.fails = True
    told = anna.get(HERE)
    assert told.status_code == 503
    assert "Det gick inte att spela upp." in told.text
    assert as_a_script(anna, HERE).json()["key"] == "speech_failed"
    assert SAID_NOW in as_read(anna.get("/mine").text)
    speech.fails = False
    assert anna.get(HERE).status_code == 200


# ── not too much at once ────────────────────────────────────────────────────────────────────────


def test_S_14_at_most_two_are_rendered_at_once_and_who_waits_too_long_is_told_so(
    company: Company, client: TestClient[Litestar], speech: FakeSpeech, anna: Reader
) -> None:
    going_on, together = threading.Event(), []
    lock = threading.Lock()

    def slowly(_: str) -> None:
        with lock:
            together.append(1)
        going_on.wait(10)

    speech.before = slowly
    # Each at another end, since several who want the same sentence have it rendered once.
    ids = [
        company.absent(ANNA, between("2026-11-26 13:00", f"2026-11-26 {hour}:00"), diversion=Diversion.DIRECT)
        for hour in range(14, 19)
    ]
    anna.get("/mine")
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(client.get, f"{HERE}?absence={each}") for each in ids]
        refused: list[Future[Response]] = []
        while len(refused) < 3:
            refused = [each for each in asked if each.done()]
        going_on.set()
        statuses = sorted(each.result().status_code for each in asked)
    assert statuses == [200, 200, 503, 503, 503]
    assert len(together) <= 2
    assert {each.result().headers["Retry-After"] for each in refused} == {"5"}
    speech.before = lambda _: None
    assert anna.get(f"{HERE}?absence={ids[0]}").status_code == 200


def test_what_was_opened_for_listening_is_closed_with_the_server(company: Company, booth: Booth) -> None:
    closed: list[str] = []
    surface = listen_surface(booth, when_stopping=[lambda: closed.append("speech")])
    with visiting(make_app(company, surfaces=[surface])) as client:
        assert client.get("/sign-in").status_code == 200
        assert closed == []
    assert closed == ["speech"]


def test_only_the_headers_are_asked_for_as_well(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    answer = anna.ask("HEAD", HERE, {})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "audio/wav"


async def test_a_seat_that_becomes_free_is_taken_by_who_waits() -> None:
    booth = Booth(Prompts(FakeSpeech(), MemoryShelf()), seats=1, patience=timedelta(seconds=5))
    order: list[str] = []

    async def sit(name: str) -> None:
        async with booth.seat():
            order.append(name)
            await turns()

    await asyncio.gather(sit("first"), sit("second"), sit("third"))
    assert order == ["first", "second", "third"]


async def test_a_seat_is_given_back_by_who_fails_or_gives_up() -> None:
    booth = Booth(Prompts(FakeSpeech(), MemoryShelf()), seats=1, patience=timedelta(milliseconds=50))
    with pytest.raises(ValueError, match="broken"):
        async with booth.seat():
            raise ValueError("broken")
    async with booth.seat():
        with pytest.raises(BusyError):
            async with booth.seat():
                pass
    async with booth.seat():
        pass


# ── ringing first, in the demo ──────────────────────────────────────────────────────────────────


def heard_length(answer: Response) -> timedelta:
    assert answer.status_code == 200, answer.text
    return read_wav(answer.content).length


@pytest.mark.parametrize(
    ("diversion", "rings"), [(Diversion.DIRECT, timedelta(seconds=1.1)), (Diversion.OPEN, timedelta(seconds=3))]
)
def test_in_the_demo_the_phone_is_heard_ringing_before_the_announcement(
    company: Company, booth: Booth, diversion: Diversion, rings: timedelta
) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=diversion)
    demo = WebOptions(tenant=TENANT, demo=DemoLinks())
    with visiting(make_app(company, options=demo, surfaces=[listen_surface(booth)])) as client:
        reader = reading(company, client, BO)
        bare, rung_first = heard_length(reader.get(HERE)), heard_length(reader.get(f"{HERE}?rings=yes"))
    assert abs(rung_first - bare - rings) < timedelta(milliseconds=1)


def test_nothing_rings_where_there_is_no_demo(company: Company, bo: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.OPEN)
    assert bo.get(f"{HERE}?rings=yes").content == bo.get(HERE).content


def test_the_announcement_itself_follows_the_ringing_unchanged() -> None:
    words = tone(300, timedelta(seconds=1), 16_000, 0.2)
    announced = Announced(absence=AbsenceId("a"), reason=MEETING, back_at=at("2026-11-25 11:00"), form=ReturnForm.TIME)
    for treatment in (
        Announce(announced=announced),
        RingThenAnnounce(after=timedelta(seconds=15), announced=announced),
    ):
        whole = read_wav(rung(wav(words), treatment))
        assert whole.samples.endswith(words.samples)
        assert whole.length == ringing_length(treatment) + words.length


def test_C_27_stale_knowledge_is_not_heard(company: Company, bo: Reader) -> None:
    meetings_divert(company)
    company.booked(ANNA, NOW_TO_ELEVEN)
    assert bo.get(HERE).status_code == 200
    company.looked(ANNA, NOW - timedelta(hours=30))
    assert as_a_script(bo, HERE).json()["key"] == "phone_rings"


def test_an_id_with_odd_signs_is_an_id(company: Company, bo: Reader) -> None:
    assert bo.get(f"/people/{PersonId('a%2Fb')}/announcement").status_code == 404
