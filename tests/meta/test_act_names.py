"""Every act of the audit log has a name in every language: the page of the log lists all of them."""

import pytest

from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.words import Language, catalogue, languages


@pytest.mark.parametrize("language", languages())
def test_every_act_has_a_name(language: Language) -> None:
    texts = catalogue(language).ui
    assert [str(act) for act in Act if f"log.act.{act}" not in texts] == []
