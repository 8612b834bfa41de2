"""Commands of auditors."""
