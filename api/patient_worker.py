"""A web worker in which no client, however slow, holds a thread.

One poller waits for all clients, without blocking: it gathers requests, hands each to a thread once
it is whole, and sends what the kernel does not take at once of the answer that the thread made. A
connection belongs to the poller or to one thread, never to both, so that nothing is locked.
"""

import errno
import resource
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

import structlog
from gunicorn.workers.gthread import ThreadWorker

from api.answering import answer, log_fault, problem_answer
from api.connection import Connection, Waits
from api.gathering import Unreadable

LINGER_SECONDS = 2.0  # for the last answer to be read, before the connection is closed
SWEEP_SECONDS = 1.0
LAST_SECONDS = 1.0  # of those that gunicorn gives for stopping: to leave before it kills
# Of what waits for clients, and again of what waits for threads: sixteen of the largest bodies.
MAX_HELD_BYTES = 64 * 2**20
SEND_BUFFER_BYTES = 128 * 2**10  # in the kernel, for one who does not read; else it takes 4 MiB
SPARE_FILES = 200  # databases of every thread, attachments, logs, the poller

log = structlog.get_logger()


class PatientWorker(ThreadWorker):
    """gunicorn's worker with threads, but for everything that waits for a client.

    Half of `worker_connections` may wait for their clients, half for a thread. Past that, or past
    MAX_HELD_BYTES, those that hold a place or bytes for longest make room, so that whoever comes
    new and sends at once gets in, whatever the others do. gunicorn's access log, `max_requests` and
    hooks around requests are not here: nothing uses them.
    """

    alive: bool
    first_seconds = 20.0  # for a request or answer of no size: a telephone that changes its network

    def init_process(self) -> None:
        files = allowed_files(self.cfg.worker_connections + SPARE_FILES)
        self.most = max(self.cfg.threads, (files - SPARE_FILES) // 2)
        self.waiting: dict[Connection, None] = {}  # for their clients; the longest stands first
        self.handed_over: dict[Connection, int] = {}  # to threads, with the bytes of the body
        self.swept = time.monotonic()
        super().init_process()  # and runs

    def run(self) -> None:
        self.poller.register(
            self.method_queue.fileno(), EVENT_READ, self.method_queue.run_callbacks
        )
        for listener in self.sockets:  # what is accepted inherits it
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.set_accept_enabled(True)
        while self.alive and self.is_parent_alive():
            self._turn()
        self.alive = False
        self.set_accept_enabled(False)
        for listener in self.sockets:  # nobody is to queue for a worker that leaves
            listener.close()
        self._close_those_that_send()
        deadline = time.monotonic() + self.cfg.graceful_timeout - LAST_SECONDS
        while (self.waiting or self.handed_over) and time.monotonic() < deadline:
            self._turn()
        # The process ends now. The queue stays open: a late thread writes to its descriptor.
        self.tpool.shutdown(wait=False)

    def _turn(self) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(timeout=SWEEP_SECONDS)
        now = time.monotonic()
        if now - self.swept >= SWEEP_SECONDS:
            self.swept = now
            for one in [one for one in self.waiting if one.is_due(now)]:
                self._give_up(one)

    def accept(self, listener: socket.socket) -> None:
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # another worker has it, or it is gone
            return
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE) or not self.waiting:
                raise
            self._give_up(next(iter(self.waiting)))
            return
        connection = Connection(sock, client, listener.getsockname(), self.cfg)
        self._wait(connection, Waits.REQUEST, self.first_seconds)

    # --- waiting for clients ---------------------------------------------------------------------

    def _wait(self, connection: Connection, waits: Waits, seconds: float) -> None:
        connection.wait(waits, seconds)
        call = {Waits.REQUEST: self._receive, Waits.READER: self._flush, Waits.END: self._drain}
        events = EVENT_WRITE if waits is Waits.READER else EVENT_READ
        watch = self.poller.modify if connection in self.waiting else self.poller.register
        watch(connection.sock, events, partial(self._called, call[waits], connection))
        self.waiting.pop(connection, None)
        self.waiting[connection] = None
        self._make_room()

    def _called(
        self, call: Callable[[Connection], None], connection: Connection, _sock: socket.socket
    ) -> None:
        if connection not in self.waiting:  # it made room for another one in this very turn
            return
        try:
            call(connection)
        except ConnectionError:
            self._close(connection)

    def _stop_waiting(self, connection: Connection) -> None:
        if connection in self.waiting:
            del self.waiting[connection]
            self.poller.unregister(connection.sock)

    def _close(self, connection: Connection) -> None:
        self._stop_waiting(connection)
        connection.sock.close()

    def _make_room(self) -> None:
        while len(self.waiting) > self.most:
            self._give_up(next(iter(self.waiting)))
        now = time.monotonic()
        while sum(one.held_bytes for one in self.waiting) > MAX_HELD_BYTES:
            # Bytes times seconds: a large one that has just come is not the first to go.
            self._give_up(max(self.waiting, key=lambda one: one.held_bytes * (now - one.since)))

    def _give_up(self, connection: Connection) -> None:
        if connection.waits is Waits.READER:
            log.warning("given up", unsent_bytes=len(connection.unsent))
        elif connection.waits is Waits.REQUEST and connection.gathering.began:
            log.warning("refused", problem="too-slow")
            connection.unsent = memoryview(problem_answer("too-slow").written)
            try:
                connection.send()
            except ConnectionError:  # it is closed in any case
                pass
        self._close(connection)

    def _close_those_that_send(self) -> None:
        for one in [one for one in self.waiting if one.waits is Waits.REQUEST]:
            self._called(self._receive, one, one.sock)  # a whole request may lie there
            if one in self.waiting and one.waits is Waits.REQUEST:
                self._close(one)

    # --- a request -------------------------------------------------------------------------------

    def _receive(self, connection: Connection) -> None:
        received = connection.read()
        if received is None:
            return
        if connection.answered and not connection.gathering.began:
            self._wait(connection, Waits.REQUEST, self.first_seconds)
        connection.moved_bytes += len(received)
        connection.gathering.add(received)
        self._take(connection)

    def _take(self, connection: Connection) -> None:
        """Hand a request over if it is whole, or wait for the rest of it."""
        try:
            request = connection.gathering.take()
        except Unreadable as unreadable:
            self._refuse(connection, unreadable.name)
            return
        except Exception as fault:  # in gunicorn's parser: of this client alone
            log_fault(fault)
            self._refuse(connection, "internal")
            return
        if request is not None:
            self._hand_over(connection, request)
            return
        if connection.gathering.must_continue():
            connection.unsent = memoryview(b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.send()
        if connection in self.waiting:
            self._make_room()
        else:
            idle = not connection.gathering.began
            seconds = self.cfg.keepalive if idle else self.first_seconds
            self._wait(connection, Waits.REQUEST, seconds)

    def _hand_over(self, connection: Connection, request: Any) -> None:
        size = request.body.getbuffer().nbytes
        too_many = len(self.handed_over) >= self.most
        if too_many or sum(self.handed_over.values(), size) > MAX_HELD_BYTES:
            self._refuse(connection, "busy")
            return
        self._stop_waiting(connection)
        self.handed_over[connection] = size
        future = self.tpool.submit(self.handle, connection, request)
        future.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, connection, done)
        )

    def _refuse(self, connection: Connection, name: str) -> None:
        log.warning("refused", problem=name)
        written, connection.keep = problem_answer(name)
        connection.unsent = memoryview(written)
        self._flush(connection)

    # --- its answer ------------------------------------------------------------------------------

    def handle(self, connection: Connection, request: Any) -> None:
        """In a thread: answer a request, and send what goes at once. Raises ConnectionError."""
        ends = connection.client, connection.server
        written, connection.keep = answer(self.wsgi, request, ends, self.cfg, keep=self.alive)
        connection.unsent = memoryview(written)
        connection.send()

    def finish_request(self, connection: Connection, done: "Future[None]") -> None:
        """And in the poller again, with what is left of the answer."""
        del self.handed_over[connection]
        connection.answered = True
        try:
            done.result()
            self._go_on(connection)
        except ConnectionError:
            self._close(connection)

    def _flush(self, connection: Connection) -> None:
        connection.send()
        self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        """To the rest of the answer, to the next request, or to the end."""
        if connection.unsent:
            if connection not in self.waiting or connection.waits is not Waits.READER:
                self._wait(connection, Waits.READER, self.first_seconds)
        elif connection.keep and self.alive:
            self._stop_waiting(connection)
            self._take(connection)
        else:
            self._finish(connection)

    def _finish(self, connection: Connection) -> None:
        """Close our end, and read until the client has closed: a reset would take the answer."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError as error:  # the client was quicker
            raise ConnectionError from error
        self._wait(connection, Waits.END, LINGER_SECONDS)

    def _drain(self, connection: Connection) -> None:
        connection.read()


def allowed_files(wanted: int) -> int:
    """How many of the files wanted this process may open, after asking for more if it must."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(soft, wanted)
