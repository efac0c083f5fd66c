"""Calls that have been, and wishes to be called back."""
