"""A line that breaks: it passes everything on to a server until an answer is dropped."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

POST = b"POST /v1/entries"


class BreakingLine:
    """Passes on to the server of `url`. Once the server has answered the n-th POST of an entry,
    that answer is dropped; with `stays_dead` everything after it too. Use as a context."""

    def __init__(self, url: str, nth: int, *, stays_dead: bool = True) -> None:
        parts = urlsplit(url)
        assert parts.hostname and parts.port
        self._target = (parts.hostname, parts.port)
        self._nth = nth
        self._stays_dead = stays_dead
        self.posts = 0
        self.dead = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "BreakingLine":
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server, suppress(OSError):
            if self.dead:
                return
            breaks = threading.Event()
            up = threading.Thread(target=self._up, args=(client, server, breaks), daemon=True)
            up.start()
            while received := server.recv(65536):
                if breaks.is_set():
                    self.dead = self._stays_dead
                    break
                client.sendall(received)
            for one in (client, server):
                one.shutdown(socket.SHUT_RDWR)
            up.join()

    def _up(self, client: socket.socket, server: socket.socket, breaks: threading.Event) -> None:
        with suppress(OSError):
            while received := client.recv(65536):
                if self.dead:
                    return
                if POST in received:
                    self.posts += 1
                    if self.posts == self._nth:
                        breaks.set()
                server.sendall(received)
            server.shutdown(socket.SHUT_WR)
