"""Hears G.722 well enough to know an announcement: the lower of its two bands, which is telephone sound at 8 kHz.

Source: ITU-T G.722, clause 4 (ADPCM decoder of the lower sub-band, mode 1) and its tables.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Table 10: what each of the six-bit codes stands for, and of the four bits that the predictor is led by.
_QM6 = (
    *(-136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576),
    *(-7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040),
    *(-728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456),
    *(4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136),
)
_QM4 = (0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0)
# Tables 11 and 12: how the step follows.
_WL = (-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60)
_ILB = tuple(round(2048 * 2 ** (each / 32)) for each in range(32))
_LONGEST = 32_767


def _bounded(value: int, most: int = _LONGEST) -> int:
    return max(-most - 1, min(most, value))


def _sign(value: int) -> int:
    return -1 if value < 0 else 1


@dataclass(slots=True)
class LowerBand:
    """The decoder's state, from one packet to the next."""

    step: int = 32
    log_step: int = 0
    signal: list[int] = field(default_factory=lambda: [0, 0, 0])
    poles: list[int] = field(default_factory=lambda: [0, 0])
    partial: list[int] = field(default_factory=lambda: [0, 0, 0])
    differences: list[int] = field(default_factory=lambda: [0] * 7)
    zeros: list[int] = field(default_factory=lambda: [0] * 6)
    estimate: int = 0
    from_zeros: int = 0

    def heard(self, payload: bytes) -> NDArray[np.float64]:
        """Return the samples of a packet, 8,000 a second."""
        return np.array([self._sample(code & 0x3F) for code in payload], dtype=np.float64)

    def _sample(self, code: int) -> int:
        out = _bounded(self.estimate + (self.step * _QM6[code] >> 15), 16_383)
        self._follow(self.step * _QM4[code >> 2] >> 15)
        self.log_step = max(0, min(18_432, (self.log_step * 127 >> 7) + _WL[code >> 2]))
        shift = 8 - (self.log_step >> 11)
        size = _ILB[self.log_step >> 6 & 31]
        self.step = (size >> shift if shift >= 0 else size << -shift) << 2
        return out

    def _follow(self, difference: int) -> None:
        """Adapt the predictor to a quantised difference (blocks RECONS, PARREC, UPPOL, UPZERO, FILTEP, FILTEZ)."""
        self.differences = [difference, *self.differences[:6]]
        self.signal = [_bounded(self.estimate + difference), *self.signal[:2]]
        self.partial = [_bounded(self.from_zeros + difference), *self.partial[:2]]
        self._adapt_poles()
        self._adapt_zeros()
        from_poles = sum(pole * _bounded(2 * past) >> 15 for pole, past in zip(self.poles, self.signal, strict=False))
        self.from_zeros = _bounded(
            sum(z * _bounded(2 * past) >> 15 for z, past in zip(self.zeros, self.differences, strict=False))
        )
        self.estimate = _bounded(_bounded(from_poles) + self.from_zeros)

    def _adapt_poles(self) -> None:
        now, before, earlier = (_sign(each) for each in self.partial)
        first, second = self.poles
        swing = _bounded(4 * first)
        turned = -swing if now == before else swing
        second = (_bounded(turned) >> 7) + (128 if now == earlier else -128) + (second * 32_512 >> 15)
        second = _bounded(second, 12_288)
        first = (192 if now == before else -192) + (first * 32_640 >> 15)
        most = 15_360 - second
        self.poles = [max(-most, min(most, first)), second]

    def _adapt_zeros(self) -> None:
        move = 0 if self.differences[0] == 0 else 128
        now = _sign(self.differences[0])
        self.zeros = [
            (move if _sign(past) == now else -move) + (each * 32_640 >> 15)
            for each, past in zip(self.zeros, self.differences[1:], strict=True)
        ]


def likeness(sent: NDArray[np.float64], heard: NDArray[np.float64]) -> float:
    """Return how alike two sounds are where they fit best, from 0 to 1."""
    products = np.correlate(heard, sent, mode="full")
    place = int(np.argmax(np.abs(products))) - (len(sent) - 1)
    ours = sent[max(0, -place) : len(heard) - place]
    theirs = heard[max(0, place) : max(0, place) + len(ours)]
    return float(abs(np.dot(ours[: len(theirs)], theirs)) / (np.linalg.norm(ours) * np.linalg.norm(theirs)))
