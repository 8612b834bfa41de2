"""The ordered store of entries and trust documents, with the vault of erasable parts beside it."""
