"""Hypothesis's profiles, and where the tests find their helpers.

    pytest -n auto --dist worksteal            the default: the whole suite in a few minutes, in a process for each core
                                               (neighbours stay together, for their fixtures, until a process is idle)
    pytest --hypothesis-profile=thorough       at least 1,000 examples a property
    pytest --cov                               also which lines are run, in the processes that the tests start too

No deadline in either: how long an example takes says nothing about a gradient.
"""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent / "support"))

settings.register_profile(
    "default", max_examples=25, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile("default")


def pytest_collection_modifyitems(items):
    """Refuse names that differ from process to process: `-n` hands out tests by their names."""
    for item in items:
        if " at 0x" in item.name:
            raise pytest.UsageError(f"{item.nodeid}: an address in a test's name; give the parameter an id")
