"""Text from others, made fit for a terminal."""


def plain(text: str) -> str:
    """Without control characters: what someone else wrote must not steer a terminal."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable())
