"""Every shelf of prompts keeps the contract: the folder, and the one in memory."""

from pathlib import Path

import pytest

from kalenderkoppling.ports.prompts import PromptShelf
from kalenderkoppling.speech import PromptFolder
from kktest.prompts import MemoryShelf
from kktest.prompts_contract import PromptShelfContract


class TestMemoryShelf(PromptShelfContract):
    @pytest.fixture
    def shelf(self) -> PromptShelf:
        return MemoryShelf()


class TestPromptFolder(PromptShelfContract):
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> PromptShelf:
        return PromptFolder(tmp_path / "prompts")
