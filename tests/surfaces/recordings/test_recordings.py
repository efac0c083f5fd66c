"""Recorded phrases over HTTP: who may, what a file has to be, and what is told where it is not."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import MEETING, SICK
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.sound import read_wav, silence, tone, wav
from kalenderkoppling.surfaces.recordings.upload import LARGEST_UPLOAD_BYTES
from kalenderkoppling.usecases.announcements.record_phrase import LARGEST_BYTES
from kalenderkoppling.words import default_reasons, languages, text
from kktest.absence_pages import Reader, reading
from kktest.web import ADAM, ANNA, BO, OTHER_TENANT, SAME_ORIGIN, TENANT, Company

SECOND = timedelta(seconds=1)
SPOKEN = wav(tone(440, SECOND, 44_100, 0.3))
NAME = "/recordings/name"
MEETING_SV = "/recordings/reasons/meeting/sv"
ANNAS = PhraseId(kind=PhraseKind.NAME, key=ANNA)
MEETINGS = PhraseId(kind=PhraseKind.REASON, key=MEETING, language="sv")


def send(
    reader: Reader, path: str, file: bytes = SPOKEN, *, token: str | None = None, name: str = "anna.wav"
) -> Response:
    """Send a form with a file, as a browser does."""
    reader.client.cookies.clear()
    reader.client.cookies.update(reader.cookies)
    return reader.client.post(
        path,
        data={"csrf_token": reader.token if token is None else token},
        files={"file": (name, file, "audio/wav")},
        headers={**SAME_ORIGIN, "Accept-Language": reader.language},
    )


def kept(company: Company, phrase: PhraseId) -> Recording | None:
    with company.store.read(TENANT) as tx:
        return tx.recordings.get(phrase)


def wrong(page: str, phrase: str) -> str:
    """Return what the page says is wrong with a phrase's file; empty for nothing."""
    found = re.search(rf'<p class="wrong" id="{phrase}-wrong">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|!", "", unescape(found[1])).strip() if found else ""


# ── the own name ────────────────────────────────────────────────────────────────────────────────


def test_everybody_records_the_own_name_hears_it_replaces_it_and_removes_it(company: Company, anna: Reader) -> None:
    assert "Datorröst" in anna.get("/recordings").text
    page = anna.followed(send(anna, NAME))
    assert "Inspelningen är sparad." in page
    assert "Inspelad 10:30" in page
    first = anna.get(NAME)
    assert (first.headers["Content-Type"], first.headers["Cache-Control"]) == ("audio/wav", "no-store")
    assert read_wav(first.content).rate == 16_000
    send(anna, NAME, wav(tone(700, SECOND, 16_000, 0.3)))
    assert anna.get(NAME).content != first.content
    page = anna.followed(anna.post(f"{NAME}/remove"))
    assert "Inspelningen är borttagen. Nu hörs datorrösten." in page
    assert kept(company, ANNAS) is None
    assert anna.get(NAME).status_code == 404


def test_a_recording_is_the_own_whoever_else_is_signed_in(company: Company, anna: Reader, bo: Reader) -> None:
    send(anna, NAME)
    assert bo.get(NAME).status_code == 404
    assert bo.post(f"{NAME}/remove").status_code == 404
    send(bo, NAME, wav(tone(700, SECOND, 16_000, 0.3)))
    assert bo.get(NAME).content != anna.get(NAME).content
    assert [each.act for each in anna.audit(ANNA)] == [Act.RECORD_PHRASE]
    assert [each.act for each in anna.audit(BO)] == [Act.RECORD_PHRASE]


def test_the_name_to_say_is_on_the_page_and_is_only_text(company: Company, anna: Reader) -> None:
    with company.store.write(TENANT) as tx:
        person = tx.people.get(ANNA)
        assert person is not None
        tx.people.put([replace(person, name='<script>alert(1)</script>"')])
    page = anna.get("/recordings").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_min_franvaro_leads_to_it_and_back(anna: Reader) -> None:
    assert '<a href="/recordings">Spela in ditt namn</a>' in anna.get("/mine").text
    page = anna.get("/recordings").text
    assert '<a href="/mine" aria-current="page">' in page
    assert '<p class="to-back"><a href="/mine">' in page


# ── what a file has to be ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"", "required"),
        (b"<script>alert(1)</script>", "not_wav"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "not_wav"),
        (SPOKEN[:-1], "not_wav"),
        (b"\xff\xfb\x90\x00" * 1_000, "not_wav"),
        (wav(silence(SECOND, 16_000)), "silent"),
        (wav(tone(440, SECOND * 11, 16_000, 0.3)), "too_long_sound"),
        (b"RIFF" + b"\x00" * LARGEST_BYTES, "too_large_sound"),
    ],
    ids=["none", "script", "header alone", "cut short", "mp3", "silent", "long", "large"],
)
def test_what_is_wrong_with_a_file_is_told_at_its_field(
    company: Company, anna: Reader, file: bytes, problem: str
) -> None:
    answer = send(anna, NAME, file)
    assert answer.status_code == 422
    assert wrong(answer.text, "name") == text(f"problem.{problem}", anna.language)  # type: ignore[arg-type] # one of ours
    assert 'aria-invalid="true" aria-describedby="name-wrong" autofocus' in answer.text
    assert kept(company, ANNAS) is None


def test_S_14_what_is_far_too_large_is_refused_unread(company: Company, anna: Reader) -> None:
    answer = send(anna, NAME, b"x" * (LARGEST_UPLOAD_BYTES + 1))
    assert answer.status_code == 413
    assert "Det du skickade är för stort." in answer.text
    assert kept(company, ANNAS) is None


def test_S_14_other_forms_take_no_more_than_before(anna: Reader) -> None:
    assert send(anna, f"{NAME}/remove", b"x" * 100_000).status_code == 413
    assert send(anna, "/absences/new", b"x" * 100_000).status_code == 413
    assert send(anna, "/absences/new").status_code in {400, 413}


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.wav", "\u202egnp.wav", "x" * 5_000, ""])
def test_F_33_the_name_of_a_file_is_not_looked_at(company: Company, anna: Reader, name: str) -> None:
    answer = send(anna, NAME, name=name)
    assert answer.status_code in {303, 400}
    assert "passwd" not in answer.text


def test_F_33_a_form_that_is_none_is_refused(company: Company, anna: Reader) -> None:
    anna.client.cookies.update(anna.cookies)
    for kind, body in (
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n"),
        ("application/json", b'{"file": "x"}'),
        ("text/plain", b"x"),
    ):
        headers = {**SAME_ORIGIN, "Content-Type": kind, "X-CSRF-Token": anna.token}
        assert anna.client.post(NAME, content=body, headers=headers).status_code in {400, 422}
    assert kept(company, ANNAS) is None


def test_several_files_are_one(company: Company, anna: Reader) -> None:
    anna.client.cookies.update(anna.cookies)
    files = [("file", ("a.wav", SPOKEN)), ("file", ("b.wav", b"nothing")), ("other", ("c.wav", b"nothing"))]
    answer = anna.client.post(NAME, data={"csrf_token": anna.token}, files=files, headers=SAME_ORIGIN)
    assert answer.status_code == 303
    assert kept(company, ANNAS) is not None


# ── forgery ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_the_token_nothing_is_recorded(company: Company, anna: Reader, token: str) -> None:
    assert send(anna, NAME, token=token).status_code == 403
    assert kept(company, ANNAS) is None


def test_a_file_in_the_tokens_place_is_no_token(company: Company, anna: Reader) -> None:
    anna.client.cookies.update(anna.cookies)
    files = {"csrf_token": ("token", anna.token.encode()), "file": ("a.wav", SPOKEN)}
    assert anna.client.post(NAME, files=files, headers=SAME_ORIGIN).status_code == 403
    assert kept(company, ANNAS) is None


def test_large_files_without_the_token_leave_nothing_open(company: Company, anna: Reader) -> None:
    assert send(anna, NAME, wav(tone(440, SECOND * 60, 16_000, 0.3)), token="wrong").status_code == 403


# ── reasons ─────────────────────────────────────────────────────────────────────────────────────


def test_an_administrator_records_each_reason_in_each_language_that_callers_hear(
    company: Company, administrator: Reader
) -> None:
    company.write(lambda tx: tx.people.put_settings(replace(tx.people.settings(), speaks=("sv", "en"))))
    page = administrator.get("/recordings").text
    keys = [key for key in default_reasons() if key != SICK]
    assert re.findall(r'action="/recordings/reasons/([^"/]+)/(\w+)"', page) == [
        (key, language) for key in keys for language in ("sv", "en")
    ]
    assert '<q lang="sv"><bdi>är i möte</bdi></q>' in page
    assert '<q lang="en"><bdi>is in a meeting</bdi></q>' in page
    answer = send(administrator, MEETING_SV)
    assert answer.headers["Location"] == "/recordings?opened=meeting#reason-meeting"
    page = administrator.followed(answer)
    assert '<details class="reason" id="reason-meeting" open>' in page
    assert read_wav(administrator.get(MEETING_SV).content).rate == 16_000
    assert administrator.get("/recordings/reasons/meeting/en").status_code == 404
    page = administrator.followed(administrator.post(f"{MEETING_SV}/remove"))
    assert kept(company, MEETINGS) is None


@pytest.mark.parametrize("who", ["anna", "attendant"])
def test_reasons_are_for_administrators_only(
    company: Company, anna: Reader, attendant: Reader, administrator: Reader, who: str
) -> None:
    reader = {"anna": anna, "attendant": attendant}[who]
    send(administrator, MEETING_SV)
    before = kept(company, MEETINGS)
    assert before is not None
    assert "/recordings/reasons" not in reader.get("/recordings").text
    assert reader.get(MEETING_SV).status_code == 403
    assert send(reader, MEETING_SV, wav(tone(700, SECOND, 16_000, 0.3))).status_code == 403
    assert reader.post(f"{MEETING_SV}/remove").status_code == 403
    assert kept(company, MEETINGS) == before


def test_only_administrators_have_the_tab(anna: Reader, administrator: Reader) -> None:
    assert '<li><a href="/recordings">Inspelade fraser</a></li>' in administrator.get("/").text
    assert "/recordings" not in anna.get("/").text


def test_illness_is_not_on_the_page_and_is_never_recorded(company: Company, administrator: Reader) -> None:
    assert "/recordings/reasons/sick" not in administrator.get("/recordings").text
    answer = send(administrator, "/recordings/reasons/sick/sv")
    assert answer.status_code == 422
    assert "Den orsaken läses aldrig upp och kan inte spelas in." in answer.text
    assert kept(company, replace(MEETINGS, key=SICK)) is None


@pytest.mark.parametrize("path", ["nothing/sv", "meeting/xx", "meeting/..%2Fsv", "%00/sv", "a%20b/sv"])
def test_a_reason_or_language_that_does_not_exist_is_not_found(administrator: Reader, path: str) -> None:
    where = f"/recordings/reasons/{path}"
    assert send(administrator, where).status_code == 404
    assert administrator.get(where).status_code == 404
    assert administrator.post(f"{where}/remove").status_code == 404


def test_what_is_wrong_with_a_reasons_file_is_told_where_it_was_sent(administrator: Reader) -> None:
    page = send(administrator, MEETING_SV, b"nothing").text
    assert wrong(page, "meeting-sv") == "Filen går inte att läsa som ljud. Spara inspelningen som WAV."
    assert '<details class="reason" id="reason-meeting" open>' in page
    assert page.count('class="wrong"') == 1


def test_S_7_another_tenants_recordings_are_nowhere(company: Company, administrator: Reader) -> None:
    send(administrator, MEETING_SV)
    recording = kept(company, MEETINGS)
    assert recording is not None
    administrator.post(f"{MEETING_SV}/remove")
    company.write(lambda tx: tx.recordings.put(recording), OTHER_TENANT)
    assert administrator.get(MEETING_SV).status_code == 404
    assert administrator.post(f"{MEETING_SV}/remove").status_code == 404


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("person", [ANNA, ADAM])
def test_the_page_exists_in_every_language(
    company: Company, client: TestClient[Litestar], language: str, person: PersonId
) -> None:
    reader = reading(company, client, person, language)
    send(reader, NAME)
    send(reader, NAME, b"nothing")
    page = reader.get("/recordings?opened=meeting").text
    assert f"<h1>{text('recordings.title', language)}</h1>" in page  # type: ignore[arg-type] # it is one of ours


def test_nobody_signed_in_is_sent_to_sign_in(anna: Reader) -> None:
    anna.cookies.clear()
    for path in ("/recordings", NAME, MEETING_SV):
        assert anna.get(path).headers["Location"].startswith("/sign-in")
