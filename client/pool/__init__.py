"""Matching of experts in the coordinator's client (PRACTICE.md 6): pure, from opened payloads."""
