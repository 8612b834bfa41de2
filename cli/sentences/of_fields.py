"""What is wrong with fields of a form, as the library of the schemas says it in English: its
sentences are not ours, so they are read back here.
"""

from cli.sentences.language import _, name
from cli.sentences.table import fits, listed

# Of two that fit, the longer stands first.
OF_A_FIELD = (
    "{}: Must be one of: {}.",
    "{}: Not a valid boolean.",
    "{}: Length must be between {} and {}.",
)


def of_fields(faults: str) -> str:
    """Faults of fields, in the language on screen as far as they are known."""
    return "; ".join(map(_of_field, faults.split("; ")))


def _of_field(fault: str) -> str:
    for sentence in OF_A_FIELD:
        found = fits(sentence, fault)
        if found is not None:
            field, *others = found
            return _(sentence).format(name(field), *(listed(one.split(", ")) for one in others))
    return fault
