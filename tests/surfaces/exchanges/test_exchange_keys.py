"""Keys of exchanges."""

from hypothesis import example, given
from hypothesis import strategies as st

from kalenderkoppling.surfaces.exchanges.exchange_keys import ExchangeKeys
from kktest.exchange import KEY, OTHER_KEY, basic, bearer
from kktest.web import OTHER_TENANT, TENANT

KEYS = ExchangeKeys({"pbx": KEY, "grannen": OTHER_KEY}, {"pbx": TENANT, "grannen": OTHER_TENANT})


def test_each_key_is_its_own_tenants() -> None:
    assert KEYS.tenant_for(bearer()["Authorization"]) == TENANT
    assert KEYS.tenant_for(bearer(OTHER_KEY)["Authorization"]) == OTHER_TENANT
    assert KEYS.tenant_for(basic("grannen", OTHER_KEY)["Authorization"]) == OTHER_TENANT


def test_a_key_with_a_colon_in_it_is_a_password_all_the_same() -> None:
    keys = ExchangeKeys({"pbx": "a:b:c"}, {"pbx": TENANT})
    assert keys.tenant_for(basic("pbx", "a:b:c")["Authorization"]) == TENANT


def test_an_empty_key_lets_nobody_in() -> None:
    keys = ExchangeKeys({"pbx": ""}, {"pbx": TENANT})
    for header in (bearer(""), basic("pbx", "")):
        assert keys.tenant_for(header["Authorization"]) is None


def test_where_nobody_has_a_key_nobody_is_known() -> None:
    assert ExchangeKeys({}, {}).tenant_for(bearer()["Authorization"]) is None


@example("Basic \x80")
@example("Basic \ud800")
@given(st.text(max_size=80) | st.text(max_size=60).map(lambda rest: f"Bearer {rest}") | st.text(max_size=60).map(
    lambda rest: f"Basic {rest}"))  # fmt: skip
def test_whatever_stands_there_only_a_key_lets_anybody_in(header: str) -> None:
    assert KEYS.tenant_for(header) is None
