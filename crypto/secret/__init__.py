"""What needs a person's private key or opens a payload. No server module may import this."""
