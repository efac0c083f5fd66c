"""A service for a whole department or group: in force chunk by chunk, resumed, and never half done for anybody."""

import asyncio
from dataclasses import replace

import pytest

from kalenderkoppling.domain.errors import RefusedError, StoreUnavailableError
from kalenderkoppling.domain.person import Entitlements, Person, PersonId
from kalenderkoppling.domain.service import Scope, Service, ServiceOrder, ServiceSetting
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.people import order_service as module
from kalenderkoppling.usecases.people.erase_person import erase_person, export_person
from kalenderkoppling.usecases.people.import_people import import_people, preview_import
from kalenderkoppling.usecases.people.order_service import CHUNK, carry_out, order_service, run_service_orders
from kalenderkoppling.usecases.people.set_service import set_service, set_services
from kktest.house import BOTH, House, employee, move_in, restarted
from kktest.keeping import ACME, ANNA
from kktest.virtual_time import live
from kktest.waiting import until

COUPLING, REFERRAL = Service.CALENDAR_COUPLING, Service.REFERRAL
ON, OFF, SOURCE = ServiceSetting.ON, ServiceSetting.OFF, ServiceSetting.SOURCE
NONE = Entitlements()


def crowd(size: int, services: Entitlements = NONE) -> list[Person]:
    return [replace(employee(f"p{number:03}", services=services), department="Bygglov") for number in range(size)]


async def order(
    house: House, setting: ServiceSetting, service: Service = COUPLING, *, scope: Scope = Scope.DEPARTMENT, of: str = ""
) -> None:
    await order_service(house.core, ACME, "admin", service=service, setting=setting, scope=scope, of=of or "Bygglov")


def having(house: House) -> dict[str, Entitlements]:
    with house.store.read(ACME) as tx:
        return {id_: each.entitlements for id_, each in tx.people.many(tx.people.ids()).items()}


def pins(house: House, person: PersonId = ANNA) -> dict[Service, bool]:
    with house.store.read(ACME) as tx:
        return dict(tx.services.pins([person]).get(person, {}))


def the_order(house: House) -> ServiceOrder:
    with house.store.read(ACME) as tx:
        return tx.services.orders()[-1]


async def to_the_end(house: House) -> None:
    while await carry_out(house.core, ACME):
        pass


# ── what an administrator sets by hand stays ────────────────────────────────────────────────────


async def test_an_import_leaves_what_was_set_by_hand_and_remembers_what_it_says(house: House) -> None:
    everybody = [employee(each) for each in ("anna", "bertil", "carolina")]
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: OFF})
    told = await preview_import(house.core, ACME, everybody)
    done = await import_people(house.core, ACME, "people file", everybody)
    assert (told, done.is_empty, having(house)["anna"]) == (done, True, Entitlements(referral=True))
    without = [replace(each, entitlements=NONE) if each.id == ANNA else each for each in everybody]
    await import_people(house.core, ACME, "people file", without)
    assert (having(house)["anna"], pins(house)) == (NONE, {COUPLING: False})


async def test_given_back_to_the_source_it_is_as_the_source_said_last_and_the_mailbox_is_read(house: House) -> None:
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: OFF})
    assert not house.is_looked_at()
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: SOURCE})
    assert (having(house)["anna"], pins(house), house.is_looked_at()) == (BOTH, {}, True)
    await import_people(
        house.core, ACME, "people file", [employee("anna", services=NONE), employee("bertil"), employee("carolina")]
    )
    assert having(house)["anna"] == NONE


async def test_only_the_source_changes_nothing_that_people_notice_and_nothing_is_logged(house: House) -> None:
    """The file says no more of somebody whose service is set by hand: only what the page shows of it is new."""
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: ON, REFERRAL: ON})
    place, entries = house.latest_change(), len(house.entries())
    without = [employee("anna", services=NONE), employee("bertil"), employee("carolina")]
    assert (await import_people(house.core, ACME, "people file", without)).is_empty
    assert (pins(house), house.latest_change(), len(house.entries())) == (
        {COUPLING: False, REFERRAL: False},
        place,
        entries,
    )


async def test_services_set_by_hand_do_not_count_for_the_brake(house: House) -> None:
    people = crowd(20, BOTH)
    await import_people(house.core, ACME, "people file", people, may_empty=True)
    await order(house, ON)
    await order(house, ON, REFERRAL)
    await to_the_end(house)
    await import_people(house.core, ACME, "people file", crowd(20, NONE))
    assert set(having(house).values()) == {BOTH}


async def test_whoever_was_gone_and_comes_back_has_what_the_source_says(house: House) -> None:
    everybody = [employee(each) for each in ("anna", "bertil", "carolina")]
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: OFF})
    await import_people(house.core, ACME, "people file", everybody[1:])
    await import_people(house.core, ACME, "people file", everybody)
    assert (having(house)["anna"], pins(house)) == (BOTH, {})


async def test_setting_by_hand_what_is_so_already_pins_it_and_is_logged_once(house: House) -> None:
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: ON})
    await set_services(house.core, ACME, "admin", ANNA, {COUPLING: ON})
    [entry] = house.audit()
    assert (pins(house), entry.act, entry.after["by_hand"]) == ({COUPLING: True}, Act.SET_SERVICE, "calendar_coupling")


async def test_switching_the_referral_does_not_read_the_calendar_again(house: House) -> None:
    await house.settle()
    looks = house.calendar.looks_by_mailbox.copy()
    await set_services(house.core, ACME, "admin", ANNA, {REFERRAL: OFF})
    await house.settle()
    assert house.calendar.looks_by_mailbox == looks


async def test_what_is_handed_out_says_what_was_set_by_hand(house: House) -> None:
    await set_service(house.core, ACME, "admin", ANNA, Entitlements(referral=True))
    handed = await export_person(house.core, ACME, "admin", ANNA)
    assert handed["services_set_by_hand"] == {"calendar_coupling": {"source_says": True}}


# ── for many at once ────────────────────────────────────────────────────────────────────────────


async def test_C_06_a_department_gets_the_coupling_and_every_mailbox_is_read(house: House) -> None:
    move_in(house, crowd(3))
    await order(house, ON)
    await house.settle()
    assert [having(house)[f"p{number:03}"].calendar_coupling for number in range(3)] == [True] * 3
    assert [house.calendar.looks_by_mailbox[f"p{number:03}@example.org"] for number in range(3)] == [1] * 3
    assert (the_order(house).done, the_order(house).finished_at) == (3, house.clock.now())


async def test_nobody_outside_the_department_or_group_gets_it(house: House) -> None:
    await import_people(
        house.core,
        ACME,
        "people file",
        [
            *(employee(each, services=NONE, groups=["g" + each]) for each in ("anna", "bertil", "carolina")),
            employee("dag", services=NONE, groups=["x", "ganna"]),
        ],
        may_empty=True,
    )
    await order(house, ON, REFERRAL, scope=Scope.GROUP, of="ganna")
    assert [id_ for id_, has in having(house).items() if has.referral] == ["anna", "dag"]


async def test_C_06_a_department_loses_the_coupling_and_nothing_is_left_in_the_files(house: House) -> None:
    people = crowd(2 * CHUNK, BOTH)
    move_in(house, people)
    for each in people:
        house.book(f"canary-7f3a-{each.id}", of=each.id)
    await house.settle()
    await to_the_end_of_reading(house)
    assert b"canary-7f3a" in house.bytes()
    await order(house, OFF)
    await to_the_end(house)
    assert [each for each in people if house.is_looked_at(each.id) or house.kept(each.id)] == []
    assert b"canary-7f3a" not in house.bytes()


async def to_the_end_of_reading(house: House) -> None:
    for _ in range(20):
        await house.settle()


async def test_the_first_chunk_has_it_at_once_and_a_restarted_process_does_the_rest_for_each_exactly_once(
    house: House,
) -> None:
    size = 2 * CHUNK + 7
    move_in(house, crowd(size))
    await order(house, ON, REFERRAL)
    assert the_order(house).done == CHUNK
    assert sum(each.referral for id_, each in having(house).items() if id_.startswith("p")) == CHUNK
    with restarted(house) as next_house:
        await to_the_end(next_house)
        assert (the_order(next_house).done, the_order(next_house).total) == (size, size)
        assert all(each.referral for each in having(next_house).values())
        logged = [each.person for each in next_house.entries() if each.act is Act.SET_SERVICE and each.person]
        assert sorted(logged) == sorted(each.id for each in crowd(size))


async def test_a_chunk_that_fails_leaves_nothing_half_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(house, crowd(CHUNK + 1))
    before = having(house)

    def fail(*_: object) -> bool:
        raise StoreUnavailableError

    with monkeypatch.context() as broken:
        broken.setattr("kalenderkoppling.store.services.SqlServices.advance", fail)
        with pytest.raises(StoreUnavailableError):
            await order(house, ON)
    assert (having(house), the_order(house).done) == (before, 0)
    await to_the_end(house)
    assert all(each.calendar_coupling for each in having(house).values())


async def test_two_processes_that_carry_out_the_same_chunk_do_it_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_in(house, crowd(CHUNK + 1))
    advance = "kalenderkoppling.store.services.SqlServices.advance"
    monkeypatch.setattr(advance, lambda *_: False)
    before = having(house)
    await order(house, ON)
    assert (having(house), [each for each in house.entries() if each.person]) == (before, [])


async def test_orders_are_carried_out_in_the_order_in_which_they_were_placed(house: House) -> None:
    move_in(house, crowd(CHUNK + 1))
    await order(house, ON)
    await order(house, OFF)
    await to_the_end(house)
    assert [each for id_, each in having(house).items() if id_.startswith("p") and each.calendar_coupling] == []


async def test_a_department_is_given_back_to_the_source(house: House) -> None:
    move_in(house, crowd(CHUNK + 1, BOTH))
    await order(house, OFF)
    await to_the_end(house)
    await order(house, SOURCE)
    await to_the_end(house)
    assert set(having(house).values()) == {BOTH}
    assert pins(house, PersonId("p000")) == {}


@pytest.mark.parametrize("scope", Scope)
async def test_nothing_is_ordered_for_a_department_or_group_that_nobody_is_in(house: House, scope: Scope) -> None:
    with pytest.raises(RefusedError, match="of: nobody_there"):
        await order(house, ON, scope=scope, of="Nobody")
    assert house.entries() == []


async def test_the_order_itself_is_in_the_log_and_names_nobody(house: House) -> None:
    move_in(house, crowd(2))
    await order(house, ON)
    entry = next(each for each in house.entries() if each.person is None)
    assert (entry.act, entry.actor) == (Act.SET_SERVICE, "admin")
    assert entry.after == {"service": "calendar_coupling", "setting": "on", "department": "Bygglov", "people": 2}


async def test_an_administrator_who_is_erased_leaves_no_trace_in_an_order(house: House) -> None:
    move_in(house, [*crowd(CHUNK + 1), employee("canary-7f3a")])
    await order_service(
        house.core, ACME, "canary-7f3a", service=COUPLING, setting=ON, scope=Scope.DEPARTMENT, of="Bygglov"
    )
    await erase_person(house.core, ACME, "admin", PersonId("canary-7f3a"))
    await to_the_end(house)
    assert b"canary-7f3a" not in house.bytes()
    assert the_order(house).done == CHUNK + 1


async def test_what_was_left_unfinished_is_carried_out_while_the_server_runs(house: House) -> None:
    move_in(house, crowd(3 * CHUNK))
    await order(house, ON)
    stopping = asyncio.Event()
    running = asyncio.create_task(run_service_orders(house.core, ACME, stopping))
    await until(lambda: the_order(house).finished_at is not None)
    stopping.set()
    await running
    assert all(each.calendar_coupling for each in having(house).values())


def test_a_database_that_is_away_for_a_while_does_not_end_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        stopping = asyncio.Event()
        tries: list[None] = []

        async def carry(*_: object) -> bool:
            tries.append(None)
            if len(tries) == 3:
                stopping.set()
            raise StoreUnavailableError

        monkeypatch.setattr(module, "carry_out", carry)
        await run_service_orders(house.core, ACME, stopping)
        assert len(tries) == 3

    live(story())
