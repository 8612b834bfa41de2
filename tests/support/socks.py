"""A SOCKS5 proxy that forwards (RFC 1928, CONNECT without authentication) and remembers whom it was
asked for: by name or by address, as the client wrote it."""

import socket
import socketserver
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

IPV4, NAME, IPV6 = 1, 3, 4
CHUNK_BYTES = 65_536


class Socks:
    """leads: where a name really is, as host and port; what is in no list is asked for as it is."""

    def __init__(self, leads: Mapping[str, tuple[str, int]] | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        proxy = self

        class Forwarding(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy._serve(self.request)

        self._leads = leads or {}
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Forwarding)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as read:
            _version, methods = read.read(2)
            read.read(methods)
            client.sendall(b"\x05\x00")
            kind = read.read(4)[3]
            if kind == NAME:
                host = read.read(read.read(1)[0]).decode("ascii")
            else:
                family = socket.AF_INET if kind == IPV4 else socket.AF_INET6
                host = socket.inet_ntop(family, read.read(4 if kind == IPV4 else 16))
            port = int.from_bytes(read.read(2), "big")
            self.asked.append((host, port))
            with socket.create_connection(self._leads.get(host, (host, port))) as server:
                client.sendall(b"\x05\x00\x00\x01" + bytes(6))
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                _copy(client, server)
                back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while received := source.recv(CHUNK_BYTES):
            target.sendall(received)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of the two has closed
