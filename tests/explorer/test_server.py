"""The server answers its own page, bounded in everything, and nobody else."""

import contextlib
import json
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from explorer_server import EARLY, Server

from tinygrad_edu import nn
from tinygrad_edu.errors import UserError
from tinygrad_edu.explorer.app import MOST_BODY
from tinygrad_edu.explorer.explorer import Explorer
from tinygrad_edu.explorer.page import WEB
from tinygrad_edu.explorer.serving import listen
from tinygrad_edu.explorer.workers import Busy, Workers


def test_the_page_and_its_files_come_with_the_right_types_and_say_what_is_allowed(server):
    status, headers, page = server.get("/")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "text/html; charset=utf-8", "no-store")
    assert b"{{" not in page
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
    for path in WEB.rglob("*.*"):
        status, headers, body = server.get(f"/web/{path.relative_to(WEB).as_posix()}")
        assert (status, body) == (200, path.read_bytes())
        assert headers["content-type"] == types.get(path.suffix, "text/html; charset=utf-8")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_file_that_the_browser_has_is_not_sent_again(server):
    _, headers, _ = server.get("/web/js/main.js")
    status, _, body = server.get("/web/js/main.js", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/web/../app.py",
        "/web/js/../../app.py",
        "/web/%2e%2e/app.py",
        "/web//etc/passwd",
        "/web/js",
        "/docs",
        "/web/\\..\\app.py",
    ],
)
def test_no_other_file_is_served(server, path):
    assert server.get(path)[0] == 404


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_the_server_has_two_names(server, name):
    assert server.get("/", host=f"{name}:{server.port}")[0] == 200
    answer = server.post({"method": "opening"}, host=f"{name}:{server.port}", origin=f"http://{name}:{server.port}")
    assert answer[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example:{port}"},
        {"host": "127.0.0.1"},
        {"host": "127.0.0.1:1"},
        {"host": "127.0.0.1.rebound.example:{port}"},
        {"host": "0.0.0.0:{port}"},
        {"host": ""},
        {"origin": "http://rebound.example:{port}"},
        {"origin": "https://127.0.0.1:{port}"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_a_foreign_name_or_page_is_refused(server, headers):
    headers = {name: value.format(port=server.port) for name, value in headers.items()}
    for status, answered, body in (server.get("/", **headers), server.post({"method": "opening"}, **headers)):
        assert status == 403
        assert "this server" in json.loads(body)["error"]
        assert server.token not in body.decode()
        assert answered["x-frame-options"] == "DENY"


@pytest.mark.parametrize("token", ["", "guessed", "\xe9", "{token}x"])
def test_a_question_needs_the_pages_token(server, token):
    status, _, body = server.post({"method": "opening"}, x_token=token.format(token=server.token))
    assert status == 403
    assert "load it again" in json.loads(body)["error"]


def test_questions_are_posted_and_nothing_else(server):
    assert server.get("/ask")[0] == 405
    assert server.send("PUT", "/")[0] == 405


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no question"),
        (b"\xff", "no question"),
        (b"[" * 100_000, "no question"),
        (b"[]", "an object with a method"),
        (b'{"method": 3}', "an object with a method"),
        (b'{"method": "opening", "x": NaN}', "NaN is no number"),
        (b'{"method": "__init__"}', "cannot '__init__'"),
        (b'{"method": "scene", "recipe": 3}', "not a state"),
        (json.dumps({"method": "scene", "moment": 3, "recipe": EARLY}).encode(), "not asked like this"),
        (b'{"method": "digits", "moments": 3, "self": 1}', "not asked like this"),
    ],
)
def test_what_is_no_question_gets_a_sentence(server, body, said):
    status, _, answer = server.post(body)
    assert status == 400
    assert said in json.loads(answer)["error"]


def test_a_question_that_is_too_long_is_not_read_to_its_end(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        head = f"POST /ask HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\nx-token: {server.token}\r\n"
        connection.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        sent = 0
        with contextlib.suppress(OSError):  # it hangs up, as one does who has heard enough
            while sent < 10 * MOST_BODY:
                connection.sendall(chunk)
                sent += 0x100000
                time.sleep(0.001)
        assert MOST_BODY < sent < 10 * MOST_BODY
    assert server.get("/")[0] == 200


def test_an_answer_is_the_same_as_without_a_server(server, explorer):
    asked = server.ask("scene")
    for name, array in explorer.answer("scene", EARLY)["arrays"].items():
        np.testing.assert_array_equal(asked["arrays"][name]["values"], array["values"])
        if array["gradient"] is not None:
            np.testing.assert_array_equal(asked["arrays"][name]["gradient"], array["gradient"])


class Odd(nn.Module):
    """A network that does what it should not."""

    def __init__(self, how):
        self.how = how
        self.dense = nn.Linear(4, 3)

    def forward(self, x):
        if self.how == "raises":
            raise KeyError("of my own")
        if self.how == "array":
            return np.zeros((1, 3))
        y = self.dense(x.reshape(1, 4))
        return {"shape": y.reshape(3), "nan": y * float("nan"), "infinite": y * 1e38 * 1e38, "none": None}[self.how]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("raises", "KeyError: 'of my own'"),
        ("array", "must return logits"),
        ("shape", "not float32 (3,)"),
        ("none", "None"),
    ],
)
def test_a_network_that_cannot_be_shown_gives_a_sentence(how, said):
    explorer = Explorer(Odd(how), np.ones((1, 2, 2)), 1)
    with pytest.raises(UserError, match=re.escape(said)):
        explorer.answer("scene")
    with pytest.raises(UserError):
        explorer.answer("digits", order="hard")
    with pytest.raises(UserError):
        explorer.answer("learned", {"network": "given", "seed": 1, "changes": [["learn", 1, 0.1, 0]]})


@pytest.mark.parametrize("how", ["nan", "infinite"])
def test_a_network_whose_numbers_are_not_finite_is_shown_with_where_it_began(how):
    explorer = Explorer(Odd(how), np.ones((1, 2, 2)), 1)
    scene = explorer.answer("scene")
    assert scene["not_finite"]["value"]["of"] not in ("image", "dense.weight", "linear")
    assert not np.isfinite(scene["loss"])
    assert scene["not_finite"]["gradient"] is not None


def test_a_busy_server_says_so_and_who_waits_is_answered():
    import asyncio

    open_, done = threading.Event(), []

    async def ask_too_much():
        workers = Workers(threads=2, most_waiting=3)
        asked = [asyncio.ensure_future(workers.run(lambda k=k: (open_.wait(30), done.append(k)))) for k in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="busy with 5 questions"):
            await workers.run(lambda: None)
        asked[4].cancel()
        open_.set()
        await asyncio.gather(*asked[:4])
        assert await workers.run(lambda: "again") == "again"

    with ThreadPoolExecutor(1) as elsewhere:  # a loop may be running here: that of another test's browser
        elsewhere.submit(asyncio.run, ask_too_much()).result()
    assert sorted(done) == [0, 1, 2, 3]


def test_a_port_that_is_taken_moves_on_to_the_next():
    first = listen(0)
    port = first.getsockname()[1]
    with first, listen(port) as second:
        assert port < second.getsockname()[1] < port + 20
    with listen(port) as again:  # as soon as it is free
        assert again.getsockname()[1] == port


def test_a_server_ends_at_once_though_connections_are_open_and_it_computes():
    class Slow:
        def __init__(self):
            self.moments = Explorer().moments
            self.moments.first_digit = 0
            self.begun = threading.Event()

        def answer(self, *asked, **wanted):
            self.begun.set()
            time.sleep(60)

    slow = Slow()
    server = Server(slow)
    idle = socket.create_connection(("127.0.0.1", server.port))
    threading.Thread(target=server.post, args=({"method": "scene"},), daemon=True).start()
    assert slow.begun.wait(30)
    server.stop()
    assert not server.thread.is_alive()
    idle.close()


def test_answers_do_not_wait_for_acknowledgements():
    """asyncio turns Nagle's algorithm off for sockets that are named as TCP; else each answer came 40 ms late."""
    with listen(0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
