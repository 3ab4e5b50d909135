"""A real server on a port of this machine, and how a page asks it."""

import http.client
import json
import re
import threading

import numpy as np
import uvicorn

from tinygrad_edu.explorer.serving import configuration, listen

EARLY = {"network": "early", "seed": 1, "digit": 142}


class Server:
    """A server that runs, and a page that came from it."""

    def __init__(self, explorer):
        self.listening = listen(0)
        self.port = self.listening.getsockname()[1]
        self.server = uvicorn.Server(configuration(explorer))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True)
        self.thread.start()
        self.token = re.search(r'name="token" content="([^"]+)"', self.get("/")[2].decode())[1]

    def send(self, method, path, body=None, **headers):
        """Return the status, the headers and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host="host" in headers)
            headers = {"content-length": str(len(body))} | headers if body is not None else headers
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, body, **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", "/ask", body, **({"x_token": self.token} | headers))

    def ask(self, method, recipe=EARLY, **wanted):
        """Return what the page makes of an answer, or the sentence."""
        status, _, body = self.post({"method": method, "recipe": recipe, **wanted})
        return unpacked(body) if status == 200 else json.loads(body)["error"]

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)


def unpacked(packed):
    """Read an answer as the page does (web/js/engine/unpack.js)."""
    assert packed[:4] == b"TGE1"
    length = int.from_bytes(packed[4:8], "little")
    header = json.loads(packed[8 : 8 + length])
    start = 8 + -(-length // 8) * 8

    def filled(value):
        if isinstance(value, dict) and "$array" in value:
            place = header["$arrays"][value["$array"]]
            count = int(np.prod(place["shape"]))
            return np.frombuffer(packed, place["dtype"], count, start + place["at"]).reshape(place["shape"])
        if isinstance(value, dict):
            return {key: filled(member) for key, member in value.items()}
        return [filled(member) for member in value] if isinstance(value, list) else value

    return filled(header["answer"])
