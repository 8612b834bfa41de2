"""Bytes in, bytes out: encodings, hashes and public-key checks (PROTOCOL.md sections 0 to 3)."""
