"""Hear it first: what a caller would hear of somebody, in the browser."""
