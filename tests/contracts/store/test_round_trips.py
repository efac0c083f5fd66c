"""What every store promises of values: they come back as they were."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.absence import Absence, AbsenceId, Diversion, Edit, Origin, ReasonKey, ReasonKind
from kalenderkoppling.domain.booking import Booking, BookingKey, Choice, ChoiceKind, ShowAs, Standing
from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role, TenantId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Days, Interval
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRule, OwnRules, Rule, WorkingHours
from kalenderkoppling.store import SqlStore
from kalenderkoppling.words import languages
from kktest.keeping import ANNA
from kktest.make import STOCKHOLM

numbers = count(1)

# Neither half a surrogate pair nor NUL: see test_unstorable_text.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
keys = texts.filter(bool)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=400))
intervals = st.builds(lambda start, length: Interval(start=start, end=start + length), instants, lengths)
dates = st.dates(date(2000, 1, 1), date(2200, 1, 1))
whole_days = st.builds(lambda first, n: Days(first=first, after=first + timedelta(days=n)), dates, st.integers(1, 400))
reasons = keys.map(ReasonKey)
diversions = st.sampled_from(Diversion)
edits = st.builds(
    Edit,
    start=st.none() | instants,
    end=st.none() | instants,
    reason=st.none() | reasons,
    diversion=st.none() | diversions,
    note=st.none() | texts,
    removed=st.booleans(),
)
bookings = st.builds(
    Booking,
    key=keys.map(BookingKey),
    series_key=st.none() | keys.map(BookingKey),
    when=intervals | whole_days,
    show_as=st.none() | st.sampled_from(ShowAs),
    standing=st.sampled_from(Standing),
    subject=st.none() | texts,
    item_choice=st.none(),
)
kept_rows = st.builds(Kept, id=keys.map(AbsenceId), booking=bookings, edit=st.none() | edits)
by_hands = st.builds(
    Absence,
    id=keys.map(AbsenceId),
    interval=intervals,
    reason=reasons,
    diversion=diversions,
    origin=st.just(Origin.BY_HAND),
    tie=texts,
    note=texts,
)
choices = st.builds(
    Choice,
    kind=st.sampled_from(ChoiceKind),
    at=instants,
    reason=st.none() | reasons,
    diversion=st.none() | diversions,
)
rules = st.none() | st.builds(Rule, reason=reasons, diversion=diversions)
hours = st.builds(
    WorkingHours,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.times(time(0), time(11)),
    end=st.times(time(12), time(23, 59)),
)
layers = st.builds(
    ScopedLayer,
    scope_id=texts,
    rank=st.integers(-1000, 1000),
    layer=st.builds(
        Layer,
        kind=st.sampled_from(LayerKind),
        rules=st.dictionaries(st.sampled_from(ShowAs), rules),
        show_subject=st.none() | st.booleans(),
        addin_allowed=st.none() | st.booleans(),
        ring=st.none() | st.timedeltas(timedelta(), timedelta(hours=1)),
        working_hours=st.none() | hours,
    ),
)
own_rules = st.builds(
    OwnRules,
    update=st.booleans(),
    by_show_as=st.dictionaries(st.sampled_from(ShowAs), st.builds(OwnRule, rule=rules, ask=st.booleans())),
)
labels = st.dictionaries(st.sampled_from(languages()), texts)
tenant_reasons = st.builds(
    TenantReason,
    key=reasons,
    kind=st.sampled_from(ReasonKind),
    labels=labels,
    spoken=labels,
    hidden=st.booleans(),
)
people = st.builds(
    Person,
    id=keys.map(PersonId),
    name=texts,
    mailbox=texts,
    title=texts,
    department=texts,
    place=texts,
    responsibilities=texts,
    extension=texts,
    mobile=texts,
    phone_uri=texts,
    zone=st.sampled_from((None, ZoneInfo("Europe/Oslo"), ZoneInfo("UTC"))),
    groups=st.lists(keys.map(GroupId), max_size=3).map(tuple),
    entitlements=st.builds(Entitlements, calendar_coupling=st.booleans(), referral=st.booleans()),
    roles=st.frozensets(st.sampled_from(Role)),
)
calls = st.builds(
    CallRecord,
    id=keys.map(CallId),
    person=keys.map(PersonId),
    colleague=st.none() | keys.map(PersonId),
    number=texts,
    at=instants,
    length=st.timedeltas(timedelta(), timedelta(days=2)),
    result=st.sampled_from(CallResult),
)
wishes = st.builds(
    CallBackRequest,
    id=keys.map(CallId),
    person=keys.map(PersonId),
    colleague=st.none() | keys.map(PersonId),
    number=texts,
    at=instants,
)
recordings = st.builds(
    Recording,
    phrase=st.builds(PhraseId, kind=st.sampled_from(PhraseKind), key=keys, language=texts),
    audio=st.binary(max_size=60_000),
    sha256=texts,
    at=instants,
)
tenants_settings = st.builds(
    TenantSettings,
    zone=st.sampled_from((ZoneInfo("Europe/Oslo"), ZoneInfo("UTC"))),
    language=texts,
    country=texts,
    retention=st.timedeltas(timedelta(days=2), timedelta(days=400)),
    freshness_limit=lengths,
    sick_to_attendants=st.booleans(),
    reads_item_choices=st.booleans(),
    speaks=st.lists(texts, max_size=3).map(tuple),
    call_numbers_kept=lengths,
    calls_kept=lengths,
)
thorough = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def new_tenant() -> TenantId:
    """Each example has a tenant of its own, which is quicker than a database of its own."""
    return TenantId(f"tenant-{next(numbers)}")


def by_scope(of: Sequence[ScopedLayer]) -> dict[tuple[str, str], ScopedLayer]:
    return {(each.layer.kind, each.scope_id): each for each in of}


def placed(row: Kept) -> Placed:
    return Placed(kept=row, interval=effective_interval(row, STOCKHOLM))


@thorough
@given(before=kept_rows, after=kept_rows)
def test_what_is_kept_of_a_booking_comes_back_as_it_was(store: SqlStore, before: Kept, after: Kept) -> None:
    after = Kept(id=before.id, booking=after.booking, edit=after.edit)
    with store.write(new_tenant()) as tx:
        tx.absences.add(ANNA, [placed(before)])
        assert tx.absences.kept(ANNA) == [before]
        tx.absences.change(ANNA, [placed(after)])
        assert tx.absences.kept(ANNA) == [after]
        assert tx.absences.kept_between([ANNA], placed(after).interval) == {ANNA: [after]}


@thorough
@given(absence=by_hands)
def test_an_absence_set_by_hand_comes_back_as_it_was(store: SqlStore, absence: Absence) -> None:
    with store.write(new_tenant()) as tx:
        tx.absences.put_by_hand(ANNA, absence)
        assert tx.absences.by_hand_between([ANNA], absence.interval) == {ANNA: [absence]}


@thorough
@given(by_key=st.dictionaries(keys.map(BookingKey), choices, min_size=1, max_size=4))
def test_choices_come_back_and_can_be_taken_away(store: SqlStore, by_key: dict[BookingKey, Choice]) -> None:
    with store.write(new_tenant()) as tx:
        tx.choices.put(ANNA, by_key)
        tx.choices.put(ANNA, by_key)
        assert tx.choices.of([ANNA]) == {ANNA: Choices(by_key=by_key)}
        tx.choices.remove(ANNA, [*by_key, BookingKey("unknown")])
        assert tx.choices.of([ANNA]) == {}


@thorough
@given(given_layers=st.lists(layers, max_size=4, unique_by=lambda each: (each.layer.kind, each.scope_id)))
def test_layers_come_back_and_can_be_taken_away(store: SqlStore, given_layers: list[ScopedLayer]) -> None:
    with store.write(new_tenant()) as tx:
        for each in [*given_layers, *given_layers]:
            tx.rules.put_layer(each)
        assert by_scope(tx.rules.layers()) == by_scope(given_layers)
        for each in given_layers:
            tx.rules.remove_layer(each.layer.kind, each.scope_id)
        assert tx.rules.layers() == []


@thorough
@given(own=own_rules, reason=tenant_reasons)
def test_own_rules_and_reasons_come_back_as_they_were(store: SqlStore, own: OwnRules, reason: TenantReason) -> None:
    with store.write(new_tenant()) as tx:
        assert tx.rules.own([ANNA]) == {}
        tx.rules.put_own(ANNA, own)
        tx.rules.put_reason(reason)
        assert tx.rules.own([ANNA]) == {ANNA: own}
        assert tx.rules.reasons() == [reason]


@thorough
@given(crowd=st.lists(people, max_size=4, unique_by=lambda each: each.id))
def test_people_come_back_as_they_were(store: SqlStore, crowd: list[Person]) -> None:
    with store.write(new_tenant()) as tx:
        tx.people.put(crowd)
        assert tx.people.many([each.id for each in crowd]) == {each.id: each for each in crowd}
        assert tx.people.ids() == sorted(each.id for each in crowd)
        assert {each.id for each in tx.people.search("", limit=10).people} == {each.id for each in crowd}


@thorough
@given(of=calls)
def test_a_call_comes_back_as_it_was(store: SqlStore, of: CallRecord) -> None:
    with store.write(new_tenant()) as tx:
        tx.calls.add([of])
        assert tx.calls.of(of.person, limit=2) == [of]
        assert of.colleague is None or tx.calls.of(of.colleague, limit=2) == [of]


@thorough
@given(wish=wishes)
def test_a_wish_to_be_called_back_comes_back_as_it_was(store: SqlStore, wish: CallBackRequest) -> None:
    with store.write(new_tenant()) as tx:
        tx.call_backs.add(wish)
        assert (tx.call_backs.get(wish.id), tx.call_backs.of(wish.person)) == (wish, [wish])


@thorough
@given(recording=recordings)
def test_a_recording_comes_back_byte_by_byte(store: SqlStore, recording: Recording) -> None:
    with store.write(new_tenant()) as tx:
        tx.recordings.put(recording)
        assert tx.recordings.get(recording.phrase) == recording
        assert tx.recordings.hashes() == {recording.phrase: recording.sha256}


@thorough
@given(ours=tenants_settings)
def test_a_tenants_settings_come_back_as_they_were(store: SqlStore, ours: TenantSettings) -> None:
    with store.write(new_tenant()) as tx:
        tx.people.put_settings(ours)
        assert tx.people.settings() == ours
