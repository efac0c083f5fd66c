"""What every test run shares: how hard hypothesis tries, and what is left out."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("check", max_examples=60, deadline=None)
settings.register_profile("thorough", max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("KK_HYPOTHESIS", "check"))

# Held to reference material outside the checkout: `make conformance` says where it lies.
collect_ignore = [] if "KK_SHARED" in os.environ else ["conformance"]

# Fixtures that several folders use: databases of both kinds.
pytest_plugins = ("kktest.databases",)
