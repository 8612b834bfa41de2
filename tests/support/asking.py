"""Requests made by hand: raw headers and bytes, so that a test can send what no client would."""

import base64
import os
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.test import TestResponse

from crypto.encoding import b64, sha256
from crypto.secret.seeds import DeviceKeys

COMPONENTS = ("@method", "@authority", "@path", "@query")


class Answer(NamedTuple):
    """All of an answer that its reader can tell from another."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer_of(response: TestResponse) -> Answer:
    shown = sorted((name, value) for name, value in response.headers if name != "Date")
    return Answer(response.status_code, tuple(shown), response.get_data())


def digest_of(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(sha256(body)).decode()}:"


def new_nonce() -> str:
    return b64(os.urandom(16))


def profile(keyid: str) -> list[str]:
    """The signature parameters that the profile asks for, in its order."""
    created = f"created={int(time.time())}"
    return [created, f'keyid="{keyid}"', f'nonce="{new_nonce()}"', 'tag="zegel"']


def sign_by_hand(
    keys: DeviceKeys,
    values: dict[str, str],
    components: Iterable[str],
    stated: list[str],
) -> dict[str, str]:
    """Headers of a signature that RFC 9421 allows, whether or not the profile does.

    values: of components, by name. stated: signature parameters, serialised.
    """
    names = " ".join(f'"{name}"' for name in components)
    written = ";".join([f"({names})", *stated])
    lines = [f'"{name}": {values[name]}' for name in components]
    base = "\n".join([*lines, f'"@signature-params": {written}']).encode()
    signature = base64.b64encode(keys.sign_raw(base)).decode()
    return {"Signature-Input": f"zegel={written}", "Signature": f"zegel=:{signature}:"}


def proven(
    keys: DeviceKeys, authority: str, path: str, query: str = "", method: str = "GET"
) -> dict[str, str]:
    """Headers that prove a request without a body. query: without its question mark."""
    values = dict(zip(COMPONENTS, (method, authority, path, f"?{query}"), strict=True))
    return sign_by_hand(keys, values, COMPONENTS, profile(keys.card().device))


def asker(app: Flask, authority: str) -> Callable[..., TestResponse]:
    """A function that asks the application in this process, proven by `keys` if given."""

    def ask(
        path: str,
        query: str = "",
        keys: DeviceKeys | None = None,
        method: str = "GET",
        **options: Any,
    ) -> TestResponse:
        headers = proven(keys, authority, path, query, method) if keys else {}
        headers |= options.pop("headers", {})
        target = f"{path}?{query}" if query else path
        return app.test_client(use_cookies=False).open(
            target, method=method, headers=headers, **options
        )

    return ask
