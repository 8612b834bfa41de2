"""Who is told anything about a case when he posts an entry, and what of it he may know."""

from domain.entry import Entry
from domain.membership import acting_role, is_member
from domain.state import Case
from domain.trust import Trust


def as_known(case: Case | None, entry: Entry, trust: Trust) -> Case | None:
    """The case as the author of an opening knows it: a name that is taken by a place in which he
    does not stand is as good as a free one, so that he who may not open learns nothing of it."""
    header = entry.header
    here = case.compartments.get(header.compartment) if case else None
    if case is None or here is None or not header.opens or acting_role(here, entry, trust):
        return case
    others = {name: one for name, one in case.compartments.items() if name != header.compartment}
    return case._replace(compartments=others)


def shows_itself(case: Case | None, entry: Entry, trust: Trust) -> bool:
    """Whether the entry proves that its author has to do with the case: he signed it, and stands
    in it, acts in it from outside by his office, or opens a new one."""
    header = entry.header
    listed = trust.device(header.author)
    if not entry.signature_good or (listed is not None and listed.revoked):
        return False
    if case is None:
        return header.opens and entry.fits_case
    compartment = case.compartments.get(header.compartment)
    if compartment is None:
        return header.opens and is_member(case, header.author, trust)
    return acting_role(compartment, entry, trust) is not None
