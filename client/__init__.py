"""The SDK: it verifies everything it receives before it gives a word away."""
