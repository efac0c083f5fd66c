"""Recorded phrases: a person's own name, and for administrators the reasons."""
