"""Telephone exchanges: calls, sound, line states, and edges in front of them."""
