"""Each clip goes to the child once, what is kept stays within its bound, and what is in play stays."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.sound import Sound, alaw, silence, ulaw
from kalenderkoppling.telephony.media.codec import Codec
from kalenderkoppling.telephony.media.shelf import Shelf
from kalenderkoppling.telephony.media.wire import Forget, Keep
from kktest.media_contract import clip

FRAME = timedelta(milliseconds=20)


def kept(orders: Sequence[Keep | Forget]) -> list[int]:
    return [each.clip for each in orders if isinstance(each, Keep)]


def forgotten(orders: Sequence[Keep | Forget]) -> list[int]:
    return [number for each in orders if isinstance(each, Forget) for number in each.clips]


def test_a_clip_is_sent_the_first_time_and_named_after_that() -> None:
    shelf = Shelf()
    numbers, orders = shelf.take([clip("one"), clip("two"), clip("one")], Codec.PCMA)
    assert numbers == (1, 2, 1)
    assert kept(orders) == [1, 2]
    assert shelf.take([clip("two")], Codec.PCMA) == ((2,), [])


@pytest.mark.parametrize(("codec", "coded"), [(Codec.PCMA, alaw), (Codec.PCMU, ulaw)])
def test_it_is_sent_in_the_codec_in_which_it_is_heard(codec: Codec, coded: object) -> None:
    _, orders = Shelf().take([clip("one")], codec)
    assert callable(coded)
    assert [each.frames for each in orders if isinstance(each, Keep)] == [coded(clip("one").sound)]


def test_each_codec_is_sent_for_itself() -> None:
    shelf = Shelf()
    shelf.take([clip("one")], Codec.PCMA)
    numbers, orders = shelf.take([clip("one")], Codec.PCMU)
    assert numbers == (2,)
    assert kept(orders) == [2]


@pytest.mark.parametrize(("codec", "quiet"), [(Codec.PCMA, b"\xd5"), (Codec.PCMU, b"\xff")])
def test_the_last_frame_is_filled_up_with_silence(codec: Codec, quiet: bytes) -> None:
    sound = Sound(rate=8_000, samples=b"\x00\x40" * 161)
    _, orders = Shelf().take([Clip(name="odd", sound=sound)], codec)
    (frames,) = (each.frames for each in orders if isinstance(each, Keep))
    assert len(frames) == 320
    assert frames[161:] == quiet * 159


@pytest.mark.parametrize(
    "sound", [silence(FRAME, 16_000), silence(timedelta(minutes=36), 8_000)], ids=["another rate", "far too long"]
)
def test_what_cannot_be_played_is_refused_and_nothing_is_taken_with_it(sound: Sound) -> None:
    shelf = Shelf()
    with pytest.raises(InvalidValueError):
        shelf.take([clip("one"), Clip(name="bad", sound=sound)], Codec.PCMA)
    assert shelf.kept_bytes == 0
    assert kept(shelf.take([clip("one")], Codec.PCMA)[1]) == [1]


def test_what_has_not_been_used_for_longest_is_forgotten_first() -> None:
    shelf = Shelf(most_bytes=3 * 160)
    for name in ("one", "two", "three", "one"):
        numbers, _ = shelf.take([clip(name, FRAME)], Codec.PCMA)
        shelf.give_back(numbers)
    numbers, orders = shelf.take([clip("four", FRAME)], Codec.PCMA)
    assert (numbers, forgotten(orders)) == ((4,), [2])
    numbers, orders = shelf.take([clip("two", FRAME)], Codec.PCMA)
    assert (numbers, kept(orders), forgotten(orders)) == ((5,), [5], [3])


def test_what_is_in_play_stays_and_is_forgotten_once_it_is_not() -> None:
    shelf = Shelf(most_bytes=160)
    playing, _ = shelf.take([clip("one", FRAME), clip("one", FRAME)], Codec.PCMA)
    for name in ("two", "three"):
        numbers, orders = shelf.take([clip(name, FRAME)], Codec.PCMA)
        assert not set(forgotten(orders)) & set(playing)
        shelf.give_back(numbers)
    shelf.give_back(playing[:1])
    assert 1 not in forgotten(shelf.take([clip("four", FRAME)], Codec.PCMA)[1])
    shelf.give_back(playing[1:])
    assert 1 in forgotten(shelf.take([clip("five", FRAME)], Codec.PCMA)[1])


@given(st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=3), st.booleans()), max_size=40))
def test_what_is_played_is_always_kept_and_what_is_idle_never_exceeds_the_bound(
    plays: Sequence[tuple[Sequence[int], bool]],
) -> None:
    shelf, there, playing = Shelf(most_bytes=4 * 160), dict[int, int](), list[tuple[int, ...]]()
    for names, goes_on in plays:
        numbers, orders = shelf.take([clip(str(each), FRAME) for each in names], Codec.PCMA)
        for order in orders:
            if isinstance(order, Keep):
                there[order.clip] = len(order.frames)
            else:
                for number in order.clips:
                    del there[number]
        assert set(numbers) <= there.keys()
        assert {each for one in playing for each in one} <= there.keys()
        assert shelf.kept_bytes == sum(there.values())
        used = sum(there[each] for each in {each for one in (*playing, numbers) for each in one})
        assert shelf.kept_bytes <= max(4 * 160, used)
        if goes_on:
            playing.append(numbers)
        else:
            shelf.give_back(numbers)
