"""A Piper voice small enough to be written by hand: it buzzes each phoneme at a pitch of its own.

No real voice comes with the package, and none is here; this one is read and run by the real package all the same.
The model is an ONNX graph (onnx.proto3) of a few nodes: each phoneme's number times a fixed wave, one after another.
"""

import json
import struct
from math import pi, sin
from pathlib import Path

RATE = 22_050
_SAMPLES_A_PHONEME = 512
_FLOAT, _INT64 = 1, 7  # TensorProto.DataType
_IR_VERSION, _OPSET = 8, 13
_SYMBOLS = 256


def write_voice(folder: Path, language: str, name: str = "buzz") -> Path:
    """Write a voice's two files and return the one that settings name."""
    file = folder / f"{name}-{language}.onnx"
    file.write_bytes(_model())
    described = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": language},
        "phoneme_type": "espeak",
        "num_symbols": _SYMBOLS,
        "num_speakers": 1,
        # Every character up to U+036F, which is every phoneme that these languages have, is a symbol.
        "phoneme_id_map": {chr(code): [code % _SYMBOLS] for code in range(32, 0x370)},
    }
    Path(f"{file}.json").write_text(json.dumps(described), encoding="utf-8")
    return file


def _model() -> bytes:
    """Phonemes [1, n] -> as floats -> [n, 1] -> times a row of times -> sine -> [1, 1, n * samples]."""
    row = [2 * pi * 8 * place / RATE for place in range(_SAMPLES_A_PHONEME)]
    graph = b"".join(
        (
            _node("Cast", ["input"], "phonemes", _attribute("to", _FLOAT)),
            _node("Reshape", ["phonemes", "as_column"], "column"),
            _node("MatMul", ["column", "times"], "angles"),
            _node("Sin", ["angles"], "waves"),
            _node("Reshape", ["waves", "as_sound"], "output"),
            _text(2, "buzz"),
            _bytes(5, _tensor("as_column", _INT64, [2], struct.pack("<2q", -1, 1))),
            _bytes(5, _tensor("as_sound", _INT64, [3], struct.pack("<3q", 1, 1, -1))),
            _bytes(5, _tensor("times", _FLOAT, [1, len(row)], struct.pack(f"<{len(row)}f", *row))),
            _bytes(11, _value("input", _INT64, 2)),
            _bytes(11, _value("input_lengths", _INT64, 1)),
            _bytes(11, _value("scales", _FLOAT, 1)),
            _bytes(12, _value("output", _FLOAT, 3)),
        )
    )
    return _number(1, _IR_VERSION) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, _OPSET))


def buzz_at(phoneme: int, place: int) -> float:
    """Return what the voice gives for a phoneme, from -1 to 1, so many samples after its beginning."""
    return sin(phoneme * 2 * pi * 8 * place / RATE)


def _node(kind: str, inputs: list[str], output: str, attributes: bytes = b"") -> bytes:
    return _bytes(1, b"".join(_text(1, each) for each in inputs) + _text(2, output) + _text(4, kind) + attributes)


def _attribute(name: str, value: int) -> bytes:
    return _bytes(5, _text(1, name) + _number(3, value) + _number(20, 2))


def _tensor(name: str, kind: int, shape: list[int], raw: bytes) -> bytes:
    return b"".join(_number(1, each) for each in shape) + _number(2, kind) + _text(8, name) + _bytes(9, raw)


def _value(name: str, kind: int, dimensions: int) -> bytes:
    shape = b"".join(_bytes(1, _text(2, f"{name}_{place}")) for place in range(dimensions))
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
