"""`zegel colleagues`: who is certified, and as what."""

from typing import Any

from cli.home.folder import device_session
from cli.screen.show import print_json
from cli.screen.spoken import JSON, command
from cli.screen.terminal import paged, table
from cli.sentences.language import _, name
from client.session import Session


@command()
@JSON
def colleagues(as_json: bool) -> None:
    """Who is certified, by number: names are nowhere on the server."""
    session = device_session()
    people = certified(session)
    if as_json:
        print_json({"people": people})
        return
    with paged():
        table(
            _("Colleagues"),
            [_("number"), _("name"), _("works as"), _("devices"), ""],
            [
                [
                    one["person"][:8],
                    session.numbers.name(one["person"]),
                    ", ".join(map(name, one["roles"])),
                    str(len(one["devices"])),
                    _("you") if one["you"] else "",
                ]
                for one in people
            ],
        )


def certified(session: Session) -> list[dict[str, Any]]:
    """Everyone with a device that is not revoked, in every role that the list of people gives, by
    role and number."""
    trust = session.directory.refresh()
    roster = trust.roster
    people: dict[str, dict[str, Any]] = {}
    for device in roster.devices.values() if roster else ():
        person = trust.person(device.device)
        if device.revoked or person is None:
            continue
        known = people.setdefault(
            person.person,
            {"person": person.person, "roles": sorted(person.roles), "devices": [], "you": False},
        )
        known["devices"] = sorted({*known["devices"], device.device})
        known["you"] = known["you"] or device.device == session.device
    return sorted(people.values(), key=lambda one: (one["roles"], one["person"]))
