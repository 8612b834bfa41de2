"""`zegel return --readers`: who can read what she wrote, in plain words."""

from cli.screen.show import local_time, print_json, say
from cli.sentences.language import _, name
from client.cases.statement import by_person, own_words
from client.place.chain import Chain
from client.session import Session


def tell_readers(session: Session, chain: Chain, as_json: bool) -> None:
    found = own_words(session, chain)
    if as_json:
        where = {"case": chain.case, "compartment": chain.name}
        print_json({**where, "entries": [one.fields() for one in found]})
        return
    say(_("Who can read what you wrote, reckoned on this device from signed steps alone:"))
    for one in found:
        say(f"{one.seq} · {name(one.kind)} · {local_time(one.at.stored)}")
        if one.erased is not None:
            say(f"    {_('erased on')} {local_time(one.erased.stored)}")
        for role, how, since, people in by_person(one, chain.device):
            told = _("was given it later") if how == "grant" else _("can read it")
            say(f"    {people} × {name(role or 'member')}: {told}, {local_time(since)}")
    say(
        _(
            "By these steps nobody else has a key to it: not the server, nor those who keep it. "
            "Steps that the server kept back would not show here. Who could read something may "
            "have kept it: that no computer can tell."
        )
    )
