"""Prompts of the sentences that are in use."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.ports.prompts import Prompt, PromptKey
from kalenderkoppling.speech import PromptFolder
from kalenderkoppling.usecases.announcements.holdings import ALWAYS
from kalenderkoppling.usecases.announcements.prompts import PromptAddress, Prompts
from kalenderkoppling.usecases.announcements.sentence import Sentence, said
from kktest.callees import SWEDISH
from kktest.keeping import ACME, ANNA, BERTIL, OTHER
from kktest.prompts import MemoryShelf
from kktest.speech import FakeSpeech

HERS, HIS, THEIRS = (ACME, ANNA), (ACME, BERTIL), (OTHER, ANNA)
LUNCH = said("Anna Ek är på lunch.", SWEDISH)
MEETING = said("Anna Ek är i möte.", SWEDISH)
PATIENCE_SECONDS = 10

ADDRESS_KEY = b"pretend"


def no_recording(_: PhraseId) -> None:
    return None


@dataclass(slots=True)
class Room:
    """Prompts with what they stand on."""

    speech: FakeSpeech
    shelf: MemoryShelf
    prompts: Prompts

    def render(self, sentence: Sentence = LUNCH) -> Prompt:
        return self.prompts.render(sentence, no_recording)

    def sweep(self) -> list[PromptKey]:
        """Sweep, and tell what is on the shelf then."""
        self.prompts.sweep()
        return list(self.shelf.keys())


def new_room(shelf: MemoryShelf | None = None, most_bytes: int = 10_000_000) -> Room:
    speech, shelf = FakeSpeech(), shelf or MemoryShelf()
    return Room(speech=speech, shelf=shelf, prompts=Prompts(speech, shelf, most_bytes=most_bytes))


@pytest.fixture
def room() -> Room:
    return new_room()


# ── found and rendered ──────────────────────────────────────────────────────────────────────────


def test_what_is_in_use_is_found_once_it_is_rendered(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    assert room.prompts.find(LUNCH) is None
    assert not room.prompts.is_ready(room.prompts.key(LUNCH))
    assert room.prompts.address(LUNCH) is None
    prompt = room.render()
    assert room.prompts.address(LUNCH) == PromptAddress(
        address=room.prompts.address_of(prompt), sha256=prompt.sha256, length=prompt.length
    )
    assert room.prompts.find(LUNCH) == prompt == room.shelf.get(prompt.key)
    assert room.prompts.by_address(room.prompts.address_of(prompt)) == prompt
    assert room.prompts.is_ready(prompt.key)
    assert prompt.key == LUNCH.key("hummed")


def test_what_is_ready_is_not_rendered_again(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    assert room.render() == room.render()
    assert room.speech.said == [LUNCH.text]


def test_what_nobody_uses_is_rendered_and_not_kept(room: Room) -> None:
    prompt = room.render()
    assert prompt.wav
    assert room.prompts.find(LUNCH) is None
    assert room.prompts.by_address(room.prompts.address_of(prompt)) is None
    assert room.sweep() == []


def test_the_next_process_finds_what_this_one_rendered(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    prompt = room.render()
    following = new_room(room.shelf)
    following.prompts.hold(HERS, [LUNCH])
    assert following.prompts.find(LUNCH) == prompt
    assert following.prompts.by_address(following.prompts.address_of(prompt)) == prompt
    following.render()
    assert following.speech.said == []


def test_another_voice_renders_anew(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    room.render()
    speech = FakeSpeech(voice="another")
    following = Prompts(speech, room.shelf)
    following.hold(HERS, [LUNCH])
    assert following.find(LUNCH) is None
    following.render(LUNCH, no_recording)
    assert speech.said == [LUNCH.text]


def test_F_26_a_failure_is_told_and_the_next_attempt_counts(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    room.speech.fails = True
    with pytest.raises(SpeechFailedError):
        room.render()
    assert room.prompts.find(LUNCH) is None
    room.speech.fails = False
    assert room.render() == room.prompts.find(LUNCH)


def at_once(room: Room, count: int, work: Callable[[], Prompt]) -> list[Prompt | BaseException | None]:
    """Let several threads want the same while it is being rendered; return what each got."""
    begun, go_on = Event(), Event()

    def wait(_: str) -> None:
        begun.set()
        go_on.wait(PATIENCE_SECONDS)

    room.speech.before = wait
    with ThreadPoolExecutor(count) as pool:
        first = pool.submit(work)
        assert begun.wait(PATIENCE_SECONDS)
        others = [pool.submit(work) for _ in range(count - 1)]
        go_on.set()
        return [each.exception(PATIENCE_SECONDS) or each.result() for each in (first, *others)]


@pytest.mark.parametrize("held", [True, False])
def test_several_who_want_the_same_sentence_have_it_rendered_once(room: Room, held: bool) -> None:
    if held:
        room.prompts.hold(HERS, [LUNCH])
    got = at_once(room, 8, room.render)
    assert len({id(each) for each in got}) == 1
    assert len(room.speech.said) == 1


def test_F_26_all_who_wait_for_the_same_sentence_are_told_that_it_failed(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    room.speech.fails = True
    got = at_once(room, 4, room.render)
    assert {type(each) for each in got} == {SpeechFailedError}
    assert room.prompts._rendering == {}


# ── used ────────────────────────────────────────────────────────────────────────────────────────


def test_S_1_what_nobody_uses_any_more_is_gone_at_once(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    prompt = room.render()
    assert room.prompts.hold(HERS, [MEETING]) == {prompt.key}
    assert room.prompts.find(LUNCH) is None
    assert room.prompts.by_address(room.prompts.address_of(prompt)) is None
    assert room.prompts.address(LUNCH) is None
    assert not room.prompts.is_ready(prompt.key)
    assert room.prompts.has_to_sweep
    assert room.sweep() == []
    assert not room.prompts.has_to_sweep


def test_two_people_with_one_sentence_share_it_and_the_last_takes_it_along(room: Room) -> None:
    for holder in (HERS, HIS, THEIRS):
        room.prompts.hold(holder, [LUNCH])
    prompt = room.render()
    assert room.prompts.hold(HERS, ()) == room.prompts.hold(THEIRS, ()) == frozenset()
    assert room.prompts.find(LUNCH) == prompt
    assert room.sweep() == [prompt.key]
    room.prompts.hold(HIS, ())
    assert room.prompts.find(LUNCH) is None
    assert room.sweep() == []


def test_the_same_sound_has_the_same_address_in_the_next_process_and_another_one_elsewhere() -> None:
    def address(key: bytes | None) -> str:
        prompts = Prompts(FakeSpeech(), MemoryShelf(), address_key=key)
        return prompts.address_of(prompts.render(LUNCH, no_recording))

    assert address(ADDRESS_KEY) == address(ADDRESS_KEY)
    assert len({address(ADDRESS_KEY), address(b"other"), address(None), address(None)}) == 4


def test_S_7_an_address_is_known_only_to_tenants_whose_people_use_it(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    room.prompts.hold(ALWAYS, [MEETING])
    hers, everybodys = room.render(), room.render(MEETING)
    assert room.prompts.by_address(room.prompts.address_of(hers), ACME) == hers
    assert room.prompts.by_address(room.prompts.address_of(hers), OTHER) is None
    assert room.prompts.by_address(room.prompts.address_of(everybodys), OTHER) == everybodys
    assert room.prompts.by_address("0" * 64, ACME) is None


def test_two_sentences_that_sound_alike_have_one_address_until_the_last_is_gone(room: Room) -> None:
    alike = Sentence(language=SWEDISH, parts=(*LUNCH.parts, *said("", SWEDISH).parts))
    room.prompts.hold(HERS, [LUNCH])
    room.prompts.hold(THEIRS, [alike])
    one, other = room.render(LUNCH), room.render(alike)
    assert one.key != other.key
    assert one.sha256 == other.sha256
    room.prompts.hold(HERS, ())
    assert room.prompts.by_address(room.prompts.address_of(one)) == other
    assert room.prompts.by_address(room.prompts.address_of(one), ACME) is None
    room.prompts.hold(THEIRS, ())
    assert room.prompts.by_address(room.prompts.address_of(one)) is None
    assert room.prompts._by_address == {}


def test_an_address_is_that_of_the_very_sound() -> None:
    room = new_room(most_bytes=0)
    room.prompts.hold(HERS, [LUNCH])
    prompt = room.render()
    other = replace(prompt, sha256="0" * 64)
    room.shelf.put(other)
    assert room.prompts.by_address(room.prompts.address_of(prompt)) is None
    assert room.prompts.by_address(room.prompts.address_of(other)) is not None


def test_one_sentence_more_is_kept_until_the_next_change(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    room.prompts.hold_also(HERS, MEETING)
    prompt = room.render(MEETING)
    assert room.prompts.find(MEETING) == prompt
    room.prompts.hold(HERS, [LUNCH])
    assert room.prompts.find(MEETING) is None
    assert room.sweep() == []


def test_S_1_one_sentence_more_of_somebody_of_whom_nothing_is_heard_is_not_kept(room: Room) -> None:
    room.prompts.hold_also(HERS, MEETING)
    room.render(MEETING)
    assert room.prompts.find(MEETING) is None
    assert room.sweep() == []


def test_S_1_what_is_no_longer_used_when_it_is_rendered_is_not_kept(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    room.speech.before = lambda _: room.prompts.hold(HERS, ())
    prompt = room.render()
    assert room.prompts.by_address(room.prompts.address_of(prompt)) is None
    assert room.sweep() == []


@dataclass(slots=True)
class ShelfWithEvents(MemoryShelf):
    """A shelf on which something happens after a prompt was put or got."""

    after: Callable[[], object] = lambda: None

    def put(self, prompt: Prompt) -> None:
        """See the port."""
        MemoryShelf.put(self, prompt)
        self.after()

    def get(self, key: PromptKey) -> Prompt | None:
        """See the port."""
        found = MemoryShelf.get(self, key)
        self.after()
        return found


def test_S_1_what_is_no_longer_used_when_it_is_put_on_the_shelf_is_swept() -> None:
    shelf = ShelfWithEvents()
    room = new_room(shelf)
    room.prompts.hold(HERS, [LUNCH])

    def drop_and_sweep_too_early() -> None:
        room.prompts.hold(HERS, ())
        room.prompts._unswept.clear()

    room.speech.before = lambda _: setattr(shelf, "after", drop_and_sweep_too_early)
    prompt = room.render()
    assert room.prompts.find(LUNCH) is None
    assert room.prompts.by_address(room.prompts.address_of(prompt)) is None
    assert room.prompts.has_to_sweep
    assert room.sweep() == []


def test_S_1_what_is_no_longer_used_when_it_was_read_is_not_found() -> None:
    shelf = ShelfWithEvents()
    room = new_room(shelf, most_bytes=0)
    room.prompts.hold(HERS, [LUNCH])
    prompt = room.render()
    shelf.after = lambda: room.prompts.hold(HERS, ())
    assert room.prompts.find(LUNCH) is None
    assert room.prompts.by_address(room.prompts.address_of(prompt)) is None
    assert room.prompts._addresses == {}


def test_S_14_a_prompt_that_two_read_at_once_is_remembered_once() -> None:
    shelf = ShelfWithEvents()
    room = new_room(shelf)
    room.prompts.hold(HERS, [LUNCH])
    room.render()
    following = new_room(shelf)
    following.prompts.hold(HERS, [LUNCH])

    def read_it_too() -> None:
        shelf.after = lambda: None
        following.prompts.find(LUNCH)

    shelf.after = read_it_too
    assert following.prompts.find(LUNCH) == room.prompts.find(LUNCH)
    assert following.prompts._bytes == size_of(LUNCH)


def test_what_is_used_again_before_it_is_swept_stays(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    prompt = room.render()
    room.prompts.hold(HERS, ())
    room.prompts.hold(HIS, [LUNCH])
    assert room.sweep() == [prompt.key]
    assert room.prompts.find(LUNCH) == prompt


def test_S_1_what_an_earlier_process_left_for_nobody_is_swept(room: Room) -> None:
    sentences = [said(f"Anna {number}", SWEDISH) for number in range(250)]
    room.prompts.hold(HERS, sentences)
    for each in sentences:
        room.render(each)
    following = new_room(room.shelf)
    following.prompts.hold(HERS, sentences[:1])
    following.prompts.sweep_strangers()
    assert list(room.shelf.keys()) == [following.prompts.key(sentences[0])]


@pytest.mark.parametrize("turned_private", ["before_rendering", "after_rendering", "while_rendering"])
def test_S_1_a_dropped_prompt_leaves_a_world_in_which_it_never_was(tmp_path: Path, turned_private: str) -> None:
    worlds = []
    for name, is_there in (("with", True), ("without", False)):
        speech, folder = FakeSpeech(), tmp_path / name
        prompts = Prompts(speech, PromptFolder(folder), address_key=ADDRESS_KEY)
        prompts.hold(HIS, [MEETING])
        prompts.render(MEETING, no_recording)
        if is_there:
            _come_and_go(prompts, speech, turned_private)
        prompts.sweep()
        shelves = {file.name: file.read_bytes() for file in folder.iterdir()}
        worlds.append((shelves, _state(prompts), prompts.by_address(_address(LUNCH))))
    assert worlds[0] == worlds[1]


def _come_and_go(prompts: Prompts, speech: FakeSpeech, turned_private: str) -> None:
    prompts.hold(HERS, [LUNCH])
    if turned_private == "while_rendering":
        speech.before = lambda _: prompts.hold(HERS, ())
    if turned_private != "before_rendering":
        prompts.render(LUNCH, no_recording)
    prompts.hold(HERS, ())


def _address(of: Sentence) -> str:
    prompts = Prompts(FakeSpeech(), MemoryShelf(), address_key=ADDRESS_KEY)
    return prompts.address_of(prompts.render(of, no_recording))


def _state(prompts: Prompts) -> dict[str, object]:
    """Everything that prompts remember."""
    plain = {name: value for name, value in vars(prompts).items() if isinstance(value, dict | set | int)}
    return {**plain, "keys": prompts._holdings._keys, "holders": prompts._holdings._holders}


# ── bounded and damaged ─────────────────────────────────────────────────────────────────────────


def test_S_14_memory_is_bounded_and_the_rest_is_read_from_the_shelf() -> None:
    room = new_room(most_bytes=200_000)
    sentences = [said(f"Anna {number} är på lunch", SWEDISH) for number in range(20)]
    room.prompts.hold(HERS, sentences)
    rendered = [room.render(each) for each in sentences]
    assert 0 < room.prompts._bytes <= 200_000
    assert [room.prompts.find(each) for each in sentences] == rendered
    assert [room.prompts.by_address(room.prompts.address_of(each)) for each in rendered] == rendered
    assert 0 < room.prompts._bytes <= 200_000
    room.prompts.hold(HERS, ())
    assert (room.prompts._bytes, room.prompts._memory, room.prompts._by_address) == (0, {}, {})


def test_what_was_used_last_stays_in_memory_longest() -> None:
    first, second, third = (said(text, SWEDISH) for text in ("Anna ser", "Anna gör", "Anna går"))
    room = new_room(most_bytes=2 * size_of(first))
    room.prompts.hold(HERS, [first, second, third])
    for each in (first, second, first, third):
        room.render(each)
    assert list(room.prompts._memory) == [room.prompts.key(first), room.prompts.key(third)]


def size_of(sentence: Sentence) -> int:
    prompt = new_room().render(sentence)
    return len(prompt.wav) + len(prompt.wav_16k)


def test_F_21_with_a_full_shelf_what_memory_has_is_found_and_the_rest_is_known_to_be_lost() -> None:
    room = new_room(most_bytes=size_of(LUNCH))
    room.shelf.full = True
    room.prompts.hold(HERS, [LUNCH])
    room.prompts.hold(HIS, [MEETING])
    lunch, meeting = room.render(), room.render(MEETING)
    assert room.prompts.find(MEETING) == meeting
    assert room.prompts.take_lost() == frozenset()
    assert room.prompts.find(LUNCH) is None
    assert room.prompts.by_address(room.prompts.address_of(lunch)) is None
    assert not room.prompts.is_ready(lunch.key)
    assert room.prompts.take_lost() == {HERS}
    assert room.prompts.take_lost() == frozenset()
    assert room.render().sha256 == lunch.sha256


def test_a_prompt_that_was_never_ready_is_not_lost(room: Room) -> None:
    room.prompts.hold(HERS, [LUNCH])
    assert room.prompts.find(LUNCH) is None
    assert room.prompts.take_lost() == frozenset()


class PromptsAsATable(RuleBasedStateMachine):
    """Whatever is held, rendered, lost and swept: what is found is what is held and was rendered."""

    names = st.sampled_from("abc")
    people = st.sampled_from([HERS, HIS, THEIRS])

    def __init__(self) -> None:
        super().__init__()
        self.room = new_room(most_bytes=40_000)
        self.held: dict[object, frozenset[str]] = {}
        self.ready: set[str] = set()

    @property
    def used(self) -> frozenset[str]:
        return frozenset().union(*self.held.values())

    @rule(holder=people, names=st.frozensets(names))
    def hold(self, holder: tuple[object, object], names: Iterable[str]) -> None:
        self.room.prompts.hold(holder, [said(name, SWEDISH) for name in names])  # type: ignore[arg-type] # drawn above
        self.held[holder] = frozenset(names)
        self.ready &= self.used

    @rule(name=names)
    def render(self, name: str) -> None:
        self.room.render(said(name, SWEDISH))
        self.ready |= {name} & self.used

    @rule()
    def sweep(self) -> None:
        used = {self.room.prompts.key(said(name, SWEDISH)) for name in self.used}
        assert set(self.room.sweep()) <= used

    @rule()
    def sweep_strangers(self) -> None:
        self.room.prompts.sweep_strangers()
        assert set(self.room.shelf.keys()) <= {self.room.prompts.key(said(name, SWEDISH)) for name in self.used}

    @invariant()
    def what_is_found_is_what_is_held_and_was_rendered(self) -> None:
        found = {name for name in "abc" if self.room.prompts.find(said(name, SWEDISH)) is not None}
        assert found == self.ready | (found & self.used)
        assert self.ready <= found <= self.used

    @invariant()
    def addresses_are_those_of_what_is_ready(self) -> None:
        prompts = self.room.prompts
        assert {key for keys in prompts._by_address.values() for key in keys} == set(prompts._addresses)
        assert set(prompts._memory) <= set(prompts._addresses) <= set(prompts._holdings._holders)
        assert prompts._bytes == sum(len(each.wav) + len(each.wav_16k) for each in prompts._memory.values()) <= 40_000


TestPromptsAsATable = PromptsAsATable.TestCase
