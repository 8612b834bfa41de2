"""What an auditor looks at, and how it may have been changed."""
