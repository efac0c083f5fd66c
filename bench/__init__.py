"""Measures the product against its limits and its peers, in the same run: `make bench` writes docs/benchmarks.md."""
