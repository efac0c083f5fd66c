"""Whom a number belongs to and what calls to that person meet, in memory, kept up to date by the change feed."""
