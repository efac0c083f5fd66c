"""What every store promises of services that were set by hand, of orders, and of who is in a department or group."""

from dataclasses import replace

from kalenderkoppling.domain.person import GroupId, Person, PersonId
from kalenderkoppling.domain.service import OrderId, Scope, Service, ServiceOrder, ServiceSetting
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL, OTHER, person
from kktest.make import NOON, at

COUPLING, REFERRAL = Service.CALENDAR_COUPLING, Service.REFERRAL


def someone(id_: str, department: str, *groups: str) -> Person:
    """Make a person of a department, in groups."""
    return person(id_, department=department, groups=tuple(map(GroupId, groups)))


ORDER = ServiceOrder(
    id=OrderId("o1"),
    service=COUPLING,
    setting=ServiceSetting.ON,
    scope=Scope.GROUP,
    of="g",
    actor="anna",
    placed_at=NOON,
    total=3,
)


def test_pins_are_kept_by_person_and_replaced_together(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.services.put_pins({ANNA: {COUPLING: True, REFERRAL: False}, BERTIL: {REFERRAL: True}})
        tx.services.put_pins({ANNA: {REFERRAL: True}})
    with store.write(ACME) as tx:
        assert tx.services.pins([ANNA, BERTIL]) == {ANNA: {REFERRAL: True}, BERTIL: {REFERRAL: True}}
        tx.services.put_pins({BERTIL: {}})
        assert tx.services.pins([BERTIL]) == {}
        assert tx.services.pins([ANNA]) == {ANNA: {REFERRAL: True}}


def test_the_pins_of_many_are_read_and_written_at_once(store: SqlStore) -> None:
    pins = {PersonId(f"p{number:04}"): {COUPLING: number % 2 == 0} for number in range(1_203)}
    with store.write(ACME) as tx:
        tx.services.put_pins(pins)
        assert tx.services.pins(pins) == pins


def test_S_7_one_companys_pins_and_orders_are_not_anothers(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.services.put_pins({ANNA: {COUPLING: True}})
        tx.services.add_order(ORDER)
        tx.people.put([someone("anna", "Bygglov", "g")])
    with store.write(OTHER) as tx:
        assert (tx.services.pins([ANNA]), tx.services.orders()) == ({}, [])
        assert (dict(tx.people.departments()), dict(tx.people.groups())) == ({}, {})
        assert tx.people.members(Scope.GROUP, "g", after=PersonId(""), limit=9) == []
        tx.services.put_pins({ANNA: {}})
        assert not tx.services.advance(ORDER, replace(ORDER, done=1))
    with store.read(ACME) as tx:
        assert (tx.services.pins([ANNA]), tx.services.orders()) == ({ANNA: {COUPLING: True}}, [ORDER])


def test_a_removed_person_has_no_pins_and_is_no_longer_named_by_an_order(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put([person()])
        tx.services.put_pins({ANNA: {COUPLING: True}})
        tx.services.add_order(ORDER)
        tx.people.remove(ANNA)
        assert (tx.services.pins([ANNA]), tx.services.orders()) == ({}, [replace(ORDER, actor="")])


def test_an_order_advances_only_from_where_it_is_and_never_once_finished(store: SqlStore) -> None:
    second = replace(ORDER, done=2, after=PersonId("b"))
    finished = replace(ORDER, done=3, finished_at=at("12:30"))
    with store.write(ACME) as tx:
        tx.services.add_order(ORDER)
        assert tx.services.advance(ORDER, second)
        assert not tx.services.advance(ORDER, finished)
        assert tx.services.orders() == [second]
        assert tx.services.advance(second, finished)
        assert not tx.services.advance(finished, second)
        assert tx.services.orders() == [finished]


def test_orders_stand_as_they_were_placed_and_finished_ones_are_forgotten_except_the_newest(store: SqlStore) -> None:
    done = [replace(ORDER, id=OrderId(f"d{hour}"), placed_at=at(f"0{hour}:00"), finished_at=NOON) for hour in (3, 1, 2)]
    running = replace(ORDER, id=OrderId("r"), placed_at=at("00:30"))
    with store.write(ACME) as tx:
        for each in [*done, running]:
            tx.services.add_order(each)
        tx.services.add_order(replace(ORDER, placed_at=at("09:00")))
        assert [each.id for each in tx.services.orders()] == ["r", "d3", "o1"]


def test_departments_and_groups_are_counted(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put(
            [
                someone("a", "Bygglov", "g", "h"),
                someone("b", "Bygglov", "h", "g", "g"),
                someone(
                    "c",
                    "",
                ),
                someone("d", "bygglov", "h"),
            ]
        )
        assert dict(tx.people.departments()) == {"Bygglov": 2, "bygglov": 1}
        assert dict(tx.people.groups()) == {"g": 2, "h": 3}


def test_members_are_those_of_exactly_this_group_in_order_of_id(store: SqlStore) -> None:
    groups = {
        "a": ("g",), "b": ("G",), "c": ("gg",), "d": ("x", "g"), "e": ('"g"',), "f": ("g%",), "h": ("å-g", "g"),
        "i": ("_",), "j": ("\\g",), "k": ('x,"q"',), "l": ('["q"',),
    }  # fmt: skip
    with store.write(ACME) as tx:
        tx.people.put([someone(id_, "", *of) for id_, of in groups.items()])

        def members(of: str, after: str = "", limit: int = 9) -> list[str]:
            return [each.id for each in tx.people.members(Scope.GROUP, of, after=PersonId(after), limit=limit)]

        assert members("g") == ["a", "d", "h"]
        assert members("g", limit=2) == ["a", "d"]
        assert members("g", after="a", limit=1) == ["d"]
        assert (members("G"), members("%"), members("_"), members("")) == (["b"], [], ["i"], [])
        assert members("q") == []
        assert (members('"g"'), members("g%"), members("\\g"), members("å-g")) == (["e"], ["f"], ["j"], ["h"])


def test_members_of_a_department_are_those_of_exactly_this_one(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.people.put(
            [replace(person(f"p{number}"), department="Äldre" if number % 2 else "äldre") for number in range(5)]
        )
        found = tx.people.members(Scope.DEPARTMENT, "äldre", after=PersonId("p0"), limit=9)
        assert [each.id for each in found] == ["p2", "p4"]
