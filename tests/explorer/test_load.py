"""Twenty readers at once: nobody gets another's numbers, and what is kept stays bounded.

EXPLORER_LOAD_SECONDS=60 pytest tests/explorer/test_load.py      a minute of it; by default each asks a few times
"""

import os
import threading
import time

import numpy as np
import pytest
from explorer_server import Server

from tinygrad_edu.explorer.cache import Cache
from tinygrad_edu.explorer.explorer import Explorer

READERS = 20
SECONDS = float(os.environ.get("EXPLORER_LOAD_SECONDS", "0"))
MOST_BYTES = 8 << 20


def recipe_of(reader, round_):
    """Every reader has a digit, a weight and a step of learning of their own."""
    edit = ["edit", "conv.weight", [reader % 8, 0, 1, 1], 0.1 * reader + 0.01 * round_]
    return {"network": "untrained", "seed": 1 + reader % 2, "digit": 20 * round_ % 900 + reader,
            "changes": [edit, ["learn", 1 + reader % 3, 0.01, 0]]}  # fmt: skip


def read(server, explorer, reader, rounds, wrong):
    """Ask as a page does, and hold each answer against an engine that nobody else asks."""
    try:
        for round_ in rounds:
            recipe = recipe_of(reader, round_)
            scene, expected = asked(server, "scene", recipe), explorer.answer("scene", recipe)
            for name in ("image", "conv.weight", "logits", "loss"):
                np.testing.assert_array_equal(scene["arrays"][name]["values"], expected["arrays"][name]["values"])
            question = {"of": "dense.bias", "index": [reader % 10], "gradient": True}
            assert (
                asked(server, "why", recipe, question=question)["value"]
                == expected["arrays"]["dense.bias"]["gradient"][reader % 10]
            )
            curve = asked(server, "what_if", recipe, name="dense.bias", index=[reader % 10], points=5)
            assert curve["loss"] == pytest.approx(scene["loss"], rel=1e-4, abs=1e-6)
    except BaseException as error:
        wrong.append(error)


def asked(server, method, recipe, **wanted):
    """Ask; where the engine is busy, ask again."""
    while isinstance(answer := server.ask(method, recipe, **wanted), str):
        assert "busy" in answer
        time.sleep(0.05)
    return answer


def test_twenty_readers_do_not_get_in_each_others_way():
    served, alone = Explorer(), Explorer()
    served.moments.first_digit = 0
    for cache in vars(served.moments).values():
        if isinstance(cache, Cache):
            cache.most = MOST_BYTES
    server, wrong = Server(served), []
    until = time.monotonic() + SECONDS
    rounds = [range(1)] if not SECONDS else ([k, k + 1] for k in iter_until(until))
    try:
        for some in rounds:
            threads = [
                threading.Thread(target=read, args=(server, alone, reader, some, wrong)) for reader in range(READERS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert not wrong, wrong[0]
    finally:
        server.stop()
    for cache in vars(served.moments).values():
        assert not isinstance(cache, Cache) or cache.bytes <= MOST_BYTES


def iter_until(moment):
    """Count until a moment has come."""
    k = 0
    while time.monotonic() < moment:
        yield k
        k += 2


def test_what_many_ask_for_at_once_is_made_once():
    made, begin = [], threading.Event()
    cache = Cache(100, len)

    def make():
        begin.wait(10)
        made.append(1)
        return "made"

    found = []
    threads = [threading.Thread(target=lambda: found.append(cache.get("key", make))) for _ in range(10)]
    for thread in threads:
        thread.start()
    begin.set()
    for thread in threads:
        thread.join()
    assert found == ["made"] * 10
    assert made == [1]


def test_what_could_not_be_made_is_tried_again():
    cache = Cache(100, len)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 / 0)
    assert cache.get("key", lambda: "made") == "made"
    assert cache.bytes == 4
