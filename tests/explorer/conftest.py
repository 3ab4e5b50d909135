import pytest
from explorer_server import Server

from tinygrad_edu.explorer.explorer import Explorer


@pytest.fixture(scope="session")
def explorer():
    found = Explorer()
    found.moments.first_digit = 142  # nothing need be learnt to choose one
    return found


@pytest.fixture(scope="session")
def server(explorer):
    found = Server(explorer)
    yield found
    found.stop()
