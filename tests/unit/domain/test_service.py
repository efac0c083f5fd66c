"""Whose word a service is: what is set by hand stays, and the way back leads to what the source said last."""

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.person import Entitlements
from kalenderkoppling.domain.service import Service, Services, ServiceSetting, has

ENTITLEMENTS = st.builds(Entitlements, calendar_coupling=st.booleans(), referral=st.booleans())
BY_HAND = st.tuples(st.sampled_from(Service), st.sampled_from([ServiceSetting.ON, ServiceSetting.OFF]))


@given(st.lists(BY_HAND), st.lists(ENTITLEMENTS), ENTITLEMENTS)
def test_an_import_never_changes_what_was_set_by_hand(
    acts: list[tuple[Service, ServiceSetting]], imports: list[Entitlements], first: Entitlements
) -> None:
    services = Services(given=first)
    for act in acts:
        services = services.set(*act)
    for source in imports:
        after = services.imported(source)
        assert after.pinned.keys() == services.pinned.keys() == dict(acts).keys()
        for each in Service:
            assert has(after.given, each) == has(services.given if each in services.pinned else source, each)
        services = after


@given(st.lists(BY_HAND), st.lists(ENTITLEMENTS), ENTITLEMENTS)
def test_given_back_to_the_source_everything_is_as_the_source_said_last(
    acts: list[tuple[Service, ServiceSetting]], imports: list[Entitlements], first: Entitlements
) -> None:
    services = Services(given=first)
    for act in acts:
        services = services.set(*act)
    for source in imports:
        services = services.imported(source)
    for each in Service:
        services = services.set(each, ServiceSetting.SOURCE)
    assert services == Services(given=imports[-1] if imports else first)


@given(ENTITLEMENTS, st.sampled_from(Service))
def test_setting_by_hand_what_the_source_says_too_pins_it(first: Entitlements, service: Service) -> None:
    same = ServiceSetting.ON if has(first, service) else ServiceSetting.OFF
    assert Services(given=first).set(service, same) == Services(given=first, pinned={service: has(first, service)})
