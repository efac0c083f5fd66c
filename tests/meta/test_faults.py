"""Each fault that the design names has at least one test that bears its id."""

import re

import pytest

from kktest.checkout import modules

# The numbers of design page "What has to hold": those that concern the parts that exist.
FAULTS = tuple(f"F-{number:02}" for number in (*range(1, 23), *range(24, 28), 29, 30, 33))

# fault -> why nothing can be tested.
NOT_OURS = {"F-04": "no position token is kept: the window is read and compared"}

_TEST = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)
TESTED = frozenset(
    f"F-{number}"
    for module in modules("tests/")
    for name in _TEST.findall(module.text)
    for number in re.findall(r"_F_(\d\d)_", name)
)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in NOT_OURS])
def test_the_fault_has_a_test_that_bears_its_id(fault: str) -> None:
    assert fault in TESTED, f"no test is named test_{fault.replace('-', '_')}_…"
