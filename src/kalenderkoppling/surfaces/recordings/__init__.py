"""Recorded phrases: the own name, and for administrators the reasons, in the voice of people."""
