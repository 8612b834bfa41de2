"""What an auditor judges, with no key to any content."""
