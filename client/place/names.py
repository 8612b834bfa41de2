"""Names of compartments: a type, a hyphen and a number by chance that says nothing.

dialogue-774424100
"""

import secrets

FIRST, NUMBERS = 10**8, 9 * 10**8  # numbers of nine digits


def new_name(compartment_type: str) -> str:
    """Of a compartment that is to be opened."""
    return f"{compartment_type}-{secrets.randbelow(NUMBERS) + FIRST}"


def type_of(name: str) -> str:
    """What stands before the hyphen; all of it where there is none."""
    return split(name)[0]


def split(name: str) -> tuple[str, str]:
    """Type and number; the number is empty where there is none."""
    kind, _hyphen, number = name.partition("-")
    return kind, number
