import click


@click.command()
def demo() -> None:
    """Play a whole case."""
