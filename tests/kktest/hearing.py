"""What a caller heard of an announcement, compared sample by sample; and where it was not heard, what came instead."""

from collections.abc import Callable

from kalenderkoppling.sound import Sound, from_alaw, from_ulaw
from kalenderkoppling.words import languages
from kktest.rtp import FRAME, Ear, flaws, in_order
from kktest.sounds import fit
from kktest.voice import general_announcement_sound

SAME = 0.99
"""How alike two sounds are at least that differ only by their coding (1 is the same)."""

_DECODERS: dict[int, Callable[[bytes], Sound]] = {8: from_alaw, 0: from_ulaw}


def heard(ear: Ear) -> Sound:
    """What an ear has heard by A-law or mu-law, in the order in which it was sent."""
    packets = in_order([each for each in ear.packets if each.payload_type in _DECODERS])
    decode = _DECODERS[packets[0].payload_type] if packets else from_alaw
    return decode(b"".join(each.payload for each in packets))


def must_hear(expected: Sound, ear: Ear) -> None:
    """Fail where a sound is not among what an ear has heard, and tell what it has heard."""
    alike = fit(expected, heard(ear))
    assert alike >= SAME, f"alike by {alike:.2f}: {_told(expected, ear)}"


def must_not_hear(unexpected: Sound, ear: Ear) -> None:
    """Fail where a sound is among what an ear has heard."""
    assert fit(unexpected, heard(ear)) < SAME


def _told(expected: Sound, ear: Ear) -> str:
    """Say what came: how much, from how many, with which flaws, and whether it was the general announcement."""
    packets = in_order(ear.packets) if ear.packets else []
    streams = len({(each.sender, each.source) for each in packets})
    general = max(fit(general_announcement_sound(each), heard(ear)) for each in languages())
    wanted = len(expected.samples) // (2 * FRAME)
    return (
        f"{len(packets)} packets of {streams} streams where {wanted} are needed, "
        f"flaws {flaws(packets)[:5] if packets else []}, like the general announcement by {general:.2f}"
    )
