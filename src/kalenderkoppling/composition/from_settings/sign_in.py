"""From the settings file to how people sign in."""

from __future__ import annotations

from kalenderkoppling.surfaces.web.demo_sign_in import DemoSignIn


def make_sign_in() -> DemoSignIn:
    """Return how people sign in: until real sign-in exists, everybody chooses whom to be, on this machine only."""
    return DemoSignIn()
