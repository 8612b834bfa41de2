"""A reader of docs/rules.json that shares nothing with `domain` but the functions of guards."""
