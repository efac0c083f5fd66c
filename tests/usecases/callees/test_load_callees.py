"""People as calls see them, read from the store: what is decided from memory is what the store would say."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.call import Announce, Ring, decide_call
from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.absence import MEETING, Absence, AbsenceId, Diversion, Origin
from kalenderkoppling.domain.booking import BookingKey, Choice, ShowAs
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, TenantId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRules, Rule, WorkingHours
from kalenderkoppling.store import SqlStore
from kalenderkoppling.store.engine import open_engines
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.load_callees import HORIZON, SharedParts, load_callees
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kalenderkoppling.usecases.situation import situation
from kalenderkoppling.words import Language, default_reasons
from kktest.draw import KEYS, diversions, edits, own_rules, reasons, rules, single_choices
from kktest.house import employee
from kktest.keeping import ANNA, BERTIL, by_hand
from kktest.make import MONDAY, NOON, OFFICE_HOURS, STOCKHOLM, at, between, booking, kept, layer, rule

PLAN = NumberPlan(country="SE", direct_dial=("+468508",))
DIRECT = Diversion.DIRECT
MEETINGS_DIVERT = ScopedLayer(layer=layer({ShowAs.BUSY: rule(MEETING, DIRECT)}))


@dataclass(slots=True)
class Shelf:
    """A store in a file; each tenant in it is another world."""

    store: SqlStore
    numbers: Iterator[int] = field(default_factory=count)

    def world(self, fill: Callable[[Transaction], None], *people: Person) -> TenantId:
        """Make a tenant with people and what else is put into it."""
        tenant = TenantId(f"tenant-{next(self.numbers)}")
        self.store.add_tenant(tenant)
        with self.store.write(tenant) as tx:
            tx.people.put(people or [employee("anna")])
            fill(tx)
        return tenant

    def load(self, tenant: TenantId, now: datetime = NOON, *people: PersonId) -> dict[PersonId, Callee]:
        """Read people, everybody unless told otherwise."""
        with self.store.read(tenant) as tx:
            return load_callees(tx, tenant, people or tx.people.ids(), now, PLAN)

    def anna(self, tenant: TenantId, now: datetime = NOON) -> Callee:
        """Read Anna."""
        return self.load(tenant, now)[ANNA]


@pytest.fixture(scope="module")
def shelf(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    file = tmp_path_factory.mktemp("worlds") / "kk.db"
    copyfile(sqlite_template, file)
    with closing(SqlStore(open_engines(f"sqlite:///{file}"))) as store:
        yield Shelf(store)


def look(tx: Transaction, at: datetime, person: PersonId = ANNA) -> None:
    """Have a mailbox looked at well."""
    tx.mailboxes.add(person, at)
    claim = tx.mailboxes.claim(person, at, timedelta(minutes=1))
    assert claim is not None
    tx.mailboxes.finish(claim, replace(claim.state, due=at + timedelta(minutes=15), last_good_look=at))


def book(tx: Transaction, *when: When, zone: ZoneInfo = STOCKHOLM) -> None:
    """Keep bookings of Anna's."""
    rows = [kept(booking(f"b{number}", each)) for number, each in enumerate(when)]
    tx.absences.add(ANNA, [Placed(kept=each, interval=effective_interval(each, zone)) for each in rows])


def diverting(*when: When, hours: WorkingHours | None = None) -> Callable[[Transaction], None]:
    """A world in which every meeting diverts calls, with these meetings."""

    def fill(tx: Transaction) -> None:
        tx.rules.put_layer(ScopedLayer(layer=replace(MEETINGS_DIVERT.layer, working_hours=hours)))
        look(tx, NOON)
        book(tx, *when)

    return fill


def nothing(tx: Transaction) -> None:
    """Leave a world as it is."""


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_callee_is_the_person_with_what_holds_for_her(shelf: Shelf) -> None:
    hers = layer(kind=LayerKind.PERSON, ring=timedelta(seconds=21), working_hours=OFFICE_HOURS)
    settings = TenantSettings(country="NO", freshness_limit=timedelta(hours=9), speaks=("en", "sv"))

    def fill(tx: Transaction) -> None:
        tx.people.put_settings(settings)
        tx.rules.put_layer(ScopedLayer(layer=hers, scope_id=ANNA))
        look(tx, NOON)

    written = Person(
        id=ANNA,
        name="Anna Berg",
        extension="10231",
        mobile="070-174 06 05",
        phone_uri="sip:anna@pbx",
        zone=ZoneInfo("Europe/Oslo"),
        entitlements=Entitlements(referral=True),
    )
    anna = shelf.anna(shelf.world(fill, written))
    assert (anna.name, anna.phone_uri, anna.numbers) == (
        "Anna Berg",
        "sip:anna@pbx",
        frozenset({"10231", "+46701740605", "anna"}),
    )
    assert (anna.may_divert, anna.ring, anna.last_good_look, anna.freshness_limit) == (
        True,
        timedelta(seconds=21),
        NOON,
        timedelta(hours=9),
    )
    assert (anna.around.zone.key, anna.around.working_hours, anna.around.country) == (
        "Europe/Oslo",
        OFFICE_HOURS,
        "NO",
    )


def test_somebody_without_services_or_calendar_is_a_callee_too(shelf: Shelf) -> None:
    anna = shelf.anna(shelf.world(nothing, employee("anna", services=Entitlements())))
    assert (anna.may_divert, anna.last_good_look, anna.absences) == (False, None, ())


def test_only_those_who_exist_are_loaded(shelf: Shelf) -> None:
    tenant = shelf.world(nothing, employee("anna"), employee("bertil"))
    assert set(shelf.load(tenant, NOON, ANNA, PersonId("nobody"))) == {ANNA}
    assert shelf.load(tenant, NOON, PersonId("nobody")) == {}
    assert set(shelf.load(tenant)) == {ANNA, BERTIL}


@pytest.mark.parametrize(
    ("speaks", "language", "heard"),
    [
        ((), "nb", ("nb",)),
        (("sv", "en", "sv-SE", "EN_gb"), "nb", ("sv", "en")),
        (("tlh", "en"), "sv", ("en",)),
        (("tlh",), "no", ("nb",)),
        ((), "tlh", ("sv",)),
    ],
)
def test_the_first_language_that_the_company_speaks_is_heard_first(
    shelf: Shelf, speaks: tuple[str, ...], language: str, heard: tuple[str, ...]
) -> None:
    settings = TenantSettings(speaks=speaks, language=language)
    anna = shelf.anna(shelf.world(lambda tx: tx.people.put_settings(settings)))
    assert (anna.speaks, anna.language) == (heard, heard[0])


def test_the_tenants_words_and_the_recordings_that_may_be_heard_come_along(shelf: Shelf) -> None:
    reason = TenantReason(key=MEETING, kind=default_reasons()[MEETING], spoken={Language("sv"): "sitter i möte"})
    phrases = [
        PhraseId(kind=PhraseKind.REASON, key=MEETING, language="sv"),
        PhraseId(kind=PhraseKind.NAME, key=ANNA),
    ]

    def fill(tx: Transaction) -> None:
        tx.rules.put_reason(reason)
        for number, phrase in enumerate(phrases):
            tx.recordings.put(Recording(phrase=phrase, audio=b"x", sha256=f"{number}" * 64, at=NOON))

    found = shelf.load(shelf.world(fill, employee("anna"), employee("bertil"), employee("carolina")))
    assert found[ANNA].reasons == {MEETING: reason}
    assert found[ANNA].recorded == {phrases[0]: "0" * 64, phrases[1]: "1" * 64}
    assert found[BERTIL].recorded == {phrases[0]: "0" * 64}
    assert found[BERTIL].recorded is found[PersonId("carolina")].recorded


def test_what_many_have_in_common_is_held_once_over_several_loads(shelf: Shelf) -> None:
    tenant = shelf.world(
        lambda tx: tx.rules.put_reason(TenantReason(key=MEETING, kind=default_reasons()[MEETING])),
        employee("anna"),
        employee("bertil"),
    )
    parts = SharedParts()
    with shelf.store.read(tenant) as tx:
        one = load_callees(tx, tenant, [ANNA], NOON, PLAN, shared=parts)[ANNA]
    with shelf.store.read(tenant) as tx:
        other = load_callees(tx, tenant, [BERTIL], NOON, PLAN, shared=parts)[BERTIL]
    for name in ("reasons", "recorded", "around", "speaks", "ring", "freshness_limit"):
        assert getattr(one, name) is getattr(other, name)


def test_what_is_shared_does_not_grow_without_end() -> None:
    parts = SharedParts()
    for number in range(30_000):
        parts.same(number)
    assert len(parts._values) <= 10_000


# ── what decisions rest on ──────────────────────────────────────────────────────────────────────


def test_only_what_diverts_is_held_and_no_note(shelf: Shelf) -> None:
    def fill(tx: Transaction) -> None:
        book(tx, between("13:00", "14:00"))
        tx.absences.put_by_hand(ANNA, by_hand(note="hos doktorn"))

    [only] = shelf.anna(shelf.world(fill), at("09:00")).absences
    assert (only.origin, only.note) == (Origin.BY_HAND, "")


def test_absences_far_ahead_are_not_held(shelf: Shelf) -> None:
    tenant = shelf.world(diverting(between("13:00", "14:00"), between("2026-12-20 13:00", "2026-12-20 14:00")))
    assert len(shelf.anna(tenant).absences) == 1


def test_what_was_set_by_hand_is_held_however_far_ahead(shelf: Shelf) -> None:
    tenant = shelf.world(lambda tx: tx.absences.put_by_hand(ANNA, by_hand("2027-06-01 08:00", "2027-08-01 08:00")))
    assert len(shelf.anna(tenant).absences) == 1


def test_a_return_that_reaches_beyond_is_told_to_its_end(shelf: Shelf) -> None:
    weeks = [between(f"2026-{month}-{day} 00:00", f"2026-{end} 00:00") for month, day, end in
             (("11", "23", "12-01"), ("12", "01", "12-10"), ("12", "10", "12-24"), ("12", "29", "12-30"))]  # fmt: skip
    anna = shelf.anna(shelf.world(diverting(*weeks)))
    treatment = anna.treatment(NOON)
    assert isinstance(treatment, Announce)
    assert treatment.announced.back_at == at("2026-12-24 00:00")
    assert len(anna.absences) == 3


def test_C_24_a_return_that_working_hours_carry_beyond_is_told_to_its_end(shelf: Shelf) -> None:
    # Loaded on a Wednesday noon, the horizon ends on Sunday: Friday's meeting leads to Monday's, and that to ten.
    now = at("2026-11-25 12:00")
    fill = diverting(
        between("2026-11-27 15:00", "2026-11-27 17:00"),
        between("2026-11-30 08:00", "2026-11-30 10:00"),
        hours=OFFICE_HOURS,
    )
    tenant = shelf.world(fill)
    with shelf.store.write(tenant) as tx:
        look(tx, now)
    treatment = shelf.anna(tenant, now).treatment(at("2026-11-27 16:00") - timedelta(days=2))
    assert treatment == Ring()
    anna = replace(shelf.anna(tenant, now), last_good_look=at("2026-11-27 15:00"))
    treatment = anna.treatment(at("2026-11-27 16:00"))
    assert isinstance(treatment, Announce)
    assert treatment.announced.back_at == at("2026-11-30 10:00")


# ── the law ─────────────────────────────────────────────────────────────────────────────────────

_HOURS = WorkingHours(days=frozenset({0, 1, 2, 4}), start=time(8), end=time(16))


@st.composite
def _whens(draw: st.DrawFn) -> When:
    """Half a day to some days, around the horizon: stretches that often touch and overlap, and reach beyond it."""
    if draw(st.integers(0, 3)) == 0:
        first = MONDAY + timedelta(days=draw(st.integers(-1, 7)))
        return Days(first=first, after=first + timedelta(days=draw(st.integers(1, 3))))
    start = at("00:00") + timedelta(hours=12 * draw(st.integers(0, 16)))
    return Interval(start=start, end=start + timedelta(hours=12 * draw(st.integers(1, 5))))


@st.composite
def _kept_rows(draw: st.DrawFn) -> list[Kept]:
    return [
        kept(
            booking(key, draw(_whens()), show_as=draw(_show_as)),
            draw(st.sampled_from((None, None, None, draw(edits())))),
        )
        for key in (*KEYS, "b5", "b6", "b7")
        if draw(st.integers(0, 3))
    ]


@st.composite
def _by_hand(draw: st.DrawFn) -> list[Absence]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        when = draw(_whens())
        interval = when.interval(STOCKHOLM) if isinstance(when, Days) else when
        found.append(
            Absence(
                id=AbsenceId(f"hand-{number}"),
                interval=interval,
                reason=draw(reasons),
                diversion=draw(diversions),
                origin=Origin.BY_HAND,
                tie=f"hand-{number}",
                note=draw(st.sampled_from(("", "hos doktorn"))),
            )
        )
    return found


_show_as = st.sampled_from((ShowAs.BUSY, ShowAs.BUSY, ShowAs.OUT_OF_OFFICE, *ShowAs, None))
_diverting = st.builds(Rule, reason=reasons, diversion=st.sampled_from((DIRECT, DIRECT, Diversion.OPEN)))
_layers = st.builds(
    ScopedLayer,
    scope_id=st.just(""),
    layer=st.builds(
        layer,
        st.fixed_dictionaries(
            {ShowAs.BUSY: _diverting, ShowAs.OUT_OF_OFFICE: st.none() | rules}, optional={ShowAs.FREE: rules}
        ),
        kind=st.just(LayerKind.TENANT),
        ring=st.none() | st.just(timedelta(seconds=7)),
        working_hours=st.none() | st.just(_HOURS),
        addin_allowed=st.none() | st.booleans(),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that is known of Anna."""

    kept: Sequence[Kept]
    by_hand: Sequence[Absence]
    choices: dict[BookingKey, Choice]
    own: OwnRules
    layers: Sequence[ScopedLayer]
    services: Entitlements
    settings: TenantSettings
    zone: ZoneInfo | None
    looked: datetime | None

    def fill(self, tx: Transaction) -> None:
        """Write it down."""
        zone = self.zone or self.settings.zone
        tx.people.put_settings(self.settings)
        for each in self.layers:
            tx.rules.put_layer(each)
        tx.rules.put_own(ANNA, self.own)
        tx.choices.put(ANNA, self.choices)
        tx.absences.add(ANNA, [Placed(kept=each, interval=effective_interval(each, zone)) for each in self.kept])
        for absence in self.by_hand:
            tx.absences.put_by_hand(ANNA, absence)
        if self.looked is not None:
            look(tx, self.looked)


_worlds = st.builds(
    World,
    kept=_kept_rows(),
    by_hand=_by_hand(),
    choices=st.dictionaries(st.sampled_from(KEYS), single_choices, max_size=2),
    own=st.just(OwnRules()) | st.just(OwnRules()) | own_rules,
    layers=st.lists(_layers, min_size=1, max_size=1)
    | st.tuples(
        _layers,
        _layers.map(lambda each: replace(each, scope_id="plan", layer=replace(each.layer, kind=LayerKind.GROUP))),
    ),
    services=st.sampled_from((*(Entitlements(calendar_coupling=True, referral=True),) * 4, Entitlements())),
    settings=st.builds(
        TenantSettings,
        zone=st.sampled_from((STOCKHOLM, ZoneInfo("Pacific/Auckland"))),
        country=st.sampled_from(("SE", "")),
        freshness_limit=st.sampled_from((timedelta(hours=24), timedelta(days=9), timedelta(days=9))),
    ),
    zone=st.none() | st.just(ZoneInfo("America/New_York")),
    looked=st.sampled_from((0, 0, 10, 24, 200, None)).map(
        lambda hours: None if hours is None else NOON - timedelta(hours=hours)
    ),
)


@given(_worlds, st.lists(st.integers(0, int(HORIZON.total_seconds() / 60) - 1), min_size=1, max_size=12))
def test_at_any_instant_until_the_horizon_memory_decides_as_the_store_does(
    shelf: Shelf, world: World, minutes: list[int]
) -> None:
    anna = replace(employee("anna", services=world.services, groups=["plan"]), zone=world.zone)
    tenant = shelf.world(world.fill, anna)
    found = shelf.anna(tenant)
    ends = [end for each in found.absences for end in (each.interval.start, each.interval.end)]
    instants = [NOON + timedelta(minutes=each) for each in minutes]
    with shelf.store.read(tenant) as tx:
        for instant in (*instants, *(end for end in ends if NOON <= end < NOON + HORIZON)):
            stored = situation(tx, ANNA, instant)
            assert stored is not None
            assert found.treatment(instant) == decide_call(stored.absences, instant, stored.terms)
    assert GroupId("plan") in anna.groups
