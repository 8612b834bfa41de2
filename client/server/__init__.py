"""Reaching the server, and what is known of it: people, pins, receipts."""
