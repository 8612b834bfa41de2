"""A server that holds a request, so that a command can be ended at exactly that moment."""

import threading
from typing import Any

from tests.support.world import Server

DEADLINE_SECONDS = 30
POST = ("POST", "/v1/entries")


class HeldServer(Server):
    """The honest server. What is held is done all the same once it may go on, also if whoever asked
    is gone by then."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._left = 0
        self._after = False
        self._only_posts = True
        self._lock = threading.Lock()
        self._reached, self._go, self._done = (threading.Event() for _ in "123")

    def hold(self, nth: int = 1, *, after: bool = False, only_posts: bool = True) -> None:
        """Hold the n-th request from here on: before anything is done for it, or `after` all was
        done but the answer. only_posts: of those that store an entry."""
        for event in (self._reached, self._go, self._done):
            event.clear()
        self._after, self._only_posts, self._left = after, only_posts, nth

    def is_reached(self) -> bool:
        """Whether a request is held now."""
        return self._reached.is_set()

    def go_on(self) -> None:
        """Let it go on, and wait until all is done for it that is going to be."""
        self._left = 0
        self._go.set()
        if self._reached.is_set():
            assert self._done.wait(DEADLINE_SECONDS), "the request does not end"

    def _is_held(self, asked: tuple[str, str]) -> bool:
        with self._lock:
            if not self._left or (self._only_posts and asked != POST):
                return False
            self._left -= 1
            return not self._left

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if not self._is_held((environ["REQUEST_METHOD"], environ["PATH_INFO"])):
            return super().__call__(environ, start_response)
        if not self._after:
            self._wait()
        try:
            answer = super().__call__(environ, start_response)
            if self._after:
                self._wait()
            return answer
        finally:
            self._done.set()

    def _wait(self) -> None:
        self._reached.set()
        self._go.wait(DEADLINE_SECONDS)
