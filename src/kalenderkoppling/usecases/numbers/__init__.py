"""Telephone numbers in any written form, as the keys under which people are found."""
