"""What every shelf of prompts keeps to: each kind's tests inherit this suite and give a fixture `shelf`."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.ports.prompts import PromptKey, PromptShelf
from kalenderkoppling.words import Language
from kktest.prompts import key_of, prompt

NO_KEYS = ["", "anna", "../anna", "/etc/passwd", "a" * 63, "A" * 64, "g" * 64, f"../{'a' * 61}", "a" * 64 + "\n", "\0"]


class PromptShelfContract:
    """A shelf may lose prompts; what it gives is what was put there."""

    def test_what_was_put_is_there_as_it_was(self, shelf: PromptShelf) -> None:
        put = replace(prompt(), language=Language("nb"))
        shelf.put(put)
        assert shelf.get(put.key) == put

    def test_what_was_not_put_is_not_there(self, shelf: PromptShelf) -> None:
        shelf.put(prompt("anna"))
        assert shelf.get(key_of("bertil")) is None

    def test_a_prompt_put_again_replaces_the_one_before(self, shelf: PromptShelf) -> None:
        longer = prompt("anna", timedelta(seconds=1))
        for each in (prompt("anna"), longer):
            shelf.put(each)
        assert shelf.get(longer.key) == longer
        assert shelf.keys() == [longer.key]

    def test_what_was_dropped_is_gone_and_the_rest_stays(self, shelf: PromptShelf) -> None:
        for name in ("anna", "bertil", "carolina"):
            shelf.put(prompt(name))
        shelf.drop([key_of("anna"), key_of("nobody"), key_of("carolina")])
        assert shelf.get(key_of("anna")) is None
        assert shelf.keys() == [key_of("bertil")]
        assert shelf.get(key_of("bertil")) == prompt("bertil")

    def test_it_tells_what_is_there(self, shelf: PromptShelf) -> None:
        assert list(shelf.keys()) == []
        for name in ("anna", "bertil"):
            shelf.put(prompt(name))
        assert sorted(shelf.keys()) == sorted([key_of("anna"), key_of("bertil")])

    @pytest.mark.parametrize("key", NO_KEYS)
    def test_F_33_what_is_no_key_is_neither_kept_nor_found(self, shelf: PromptShelf, key: str) -> None:
        shelf.put(replace(prompt(), key=PromptKey(key)))
        assert shelf.get(PromptKey(key)) is None
        shelf.drop([PromptKey(key)])
        assert list(shelf.keys()) == []

    def test_several_threads_may_use_it_at_once(self, shelf: PromptShelf) -> None:
        one, other = prompt("anna"), prompt("anna", timedelta(seconds=1))

        def use(number: int) -> bool:
            shelf.put((one, other)[number % 2])
            if number % 5 == 4:
                shelf.drop([one.key])
            return shelf.get(one.key) in {None, one, other}

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(use, range(200)))
