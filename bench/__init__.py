"""Benchmarks of the product beside its limits and peers, in the same run; `make bench` writes docs/benchmarks.md."""

import sys
from pathlib import Path

# Callers, a Kamailio and the analysis of sound come from the tests.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
