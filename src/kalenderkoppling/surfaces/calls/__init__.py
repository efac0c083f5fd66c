"""Calls: who called, who wants to be called back."""
