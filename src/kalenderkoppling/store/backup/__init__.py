"""Backups: a consistent copy of the database in one file, made while the program runs, and put back whole or not."""
