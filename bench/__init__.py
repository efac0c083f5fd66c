"""Measures the product against its limits and its peers, in the same run: `make bench` writes docs/benchmarks.md."""

import sys
from pathlib import Path

# Callers, a Kamailio and an ear for sound are the tests' own.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
