"""Whether something may be written, tried before anyone types: the same steps with a stand-in for
the text, judged by the rules, taken in on this machine alone and sent nowhere.

A device that stands where a case began, and knows its state by that, also knows by what guards of
scope case judge in the places beside it; they are left to the server where it does not stand where
people decide.
"""

from copy import deepcopy
from dataclasses import replace

from client.cases.casework import Casework
from client.cases.charge import table_of
from client.errors import AgainstRules
from client.place.chain import Chain, Item
from client.place.compose import Draft
from client.place.names import type_of
from client.place.reader import take
from client.session import Session
from domain.evolve import evolve
from domain.guard import Act
from domain.membership import acting_role
from domain.refusal import Refused
from domain.service import View
from domain.services.registry import link_of
from domain.state import Case


class Rehearsal(Session):
    """A session of the same device that sends nothing: every entry is judged and taken in here.
    Nothing of it is kept."""

    def __init__(self, session: Session) -> None:
        pins = replace(deepcopy(session.pins), path=None)
        super().__init__(session.transport, "", session.keys, pins, session._clock)
        self.directory = session.directory
        self.numbers = session.numbers
        self._chains: list[Chain] = []

    def chain(self, chain: Chain) -> Chain:
        """The same compartment, to be written in here."""
        copy = replace(
            chain,
            items=list(chain.items),
            epoch_keys=dict(chain.epoch_keys),
            entry_keys=dict(chain.entry_keys),
            refused=set(chain.refused),
            bad_grants=set(chain.bad_grants),
            _given=set(chain._given),
            _about_others=list(chain._about_others),
        )
        self._chains.append(copy)
        return copy

    def read(self, case: str, compartment: str) -> Chain | None:
        found = super().read(case, compartment)
        if found is not None:
            self._chains.append(found)
        return found

    def send(self, chain: Chain, draft: Draft) -> Item:
        """Judge an entry and take it in. Raises NotPossible, by the name of the broken rule."""
        header, signature = draft.signed(self.keys)
        trust, now = self.directory.newest, self.now()
        self._judge(chain, trust, header, signature)
        case = self._whole(chain)
        if all(one is not chain for one in self._chains):
            self._chains.append(chain)
        taken = [one.items[-1].position for one in self._chains if one.items]
        last = max([*taken, *self.directory.positions])
        item = take(chain, replace(chain.reading, trust=trust), header, signature, now, last + 1)
        if draft.epoch_key is not None:
            chain.epoch_keys[draft.header.epoch] = draft.epoch_key
        elif case is not None:
            self._judge_wider(case, chain, item)
        return item

    def _whole(self, chain: Chain) -> Case | None:
        """The case as the server folds it, as far as this device stands in it; None for who does
        not stand in the first place, or could not tell the state by it."""
        items = [(chain.name, item) for item in chain.items]
        for other in self._chains:
            if other.case == chain.case and other.name != chain.name:
                items += [(other.name, item) for item in other.items]
        items.sort(key=lambda one: one[1].position)
        if not items or not items[0][1].entry.fits_case:
            return None
        case: Case | None = None
        for _name, item in items:
            trust = self.directory.at(item.position)
            case = evolve(case, item.entry, trust, self.rules.services)
        assert case is not None  # there is a first entry
        table = self.rules.services[case.service].under(case.rules)
        return case if table and table.tells_state(type_of(items[0][0])) else None

    def _judge_wider(self, case: Case, chain: Chain, item: Item) -> None:
        """Judge by what stands elsewhere in the case too. Raises NotPossible."""
        here, trust = case.compartments.get(chain.name), self.directory.newest
        role = acting_role(here, item.entry, trust) if here else None
        if here is None or role is None:
            return
        if link_of(item.entry.header.kind, item.entry.header.body):
            return  # what stands in the other case is the server's to look at
        table = table_of(self, chain)
        try:
            table.refuse_step(Act(case, here, item.entry, role, trust), View.WHOLE)
        except Refused as refused:
            # What is said where people decide (a crisis, whose it is) only they can judge.
            if table.deciding & set(map(type_of, case.compartments)):
                raise AgainstRules(refused) from refused


def rehearsal_of(work: Casework) -> Casework:
    """The same case, to be written in and sent nowhere."""
    rehearsal = Rehearsal(work.session)
    for row in work.rows:
        work.chain(row["compartment"])  # what stands in one may decide over another
    chains = {name: rehearsal.chain(chain) for name, chain in work._chains.items()}
    rehearsed = Casework(rehearsal, [dict(row) for row in work.rows], chains)
    rehearsed.pinned = work.pinned
    return rehearsed
