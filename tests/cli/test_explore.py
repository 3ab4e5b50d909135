"""`tinygrad-edu explore`, in real subprocesses: it serves, and Ctrl-C ends it."""

import http.client
import signal
import socket

import pytest

NETWORK = """
import numpy as np
from tinygrad_edu import nn

def network():
    return nn.Sequential(nn.Conv2d(1, 1, 5), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2))

def all_three():
    return network(), np.ones((1, 8, 8)), 1

def nothing():
    return 3
"""


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.py").write_text(NETWORK, encoding="utf-8")


def test_it_serves_ones_own_network_until_ctrl_c_and_a_taken_port_moves_on(start, mine):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("explore", "mine:all_three", "--no-browser", "--port", port)
        address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    found = int(address.rstrip("/").split(":")[-1])
    assert port < found < port + 20
    connection = http.client.HTTPConnection("127.0.0.1", found, timeout=30)
    connection.request("GET", "/")
    assert b"&quot;given&quot;" in connection.getresponse().read()
    process.send_signal(signal.SIGINT)  # though a connection is open
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    connection.close()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["mine:network", "--model", "lenet5"], 2, "give one of"),
        (["mine:network", "--seed", "3"], 2, "--seed"),
        (["mine:all_three", "--digit", "3"], 2, "has its own image"),
        (["mine:nothing"], 1, "must return an nn.Module"),
        (["mine:missing"], 1, "no function 'missing'"),
        (["mine.py:network"], 2, "names a file"),
        (["http://mine.example/network.py:network"], 2, "not of the form"),
        (["--weights", "nowhere"], 1, "nowhere"),
        (["--seed", "-1"], 2, "--seed"),
        (["--digit", "3", "--index", "1000"], 2, "there are"),
    ],
)
def test_a_mistake_is_one_line(command, mine, arguments, code, message):
    done = command("explore", "--no-browser", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    (line,) = done.stderr.splitlines()
    assert message in line
