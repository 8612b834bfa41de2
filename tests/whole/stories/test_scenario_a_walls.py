"""Scenario A of SCENARIOS.md, the membership side of steps 10, 11, 14, 15, 16 and 17, with real
keys, server and store; `zegel demo` plays the same through the commands.

Left out here, by step: 10 the telephone call; 11 the intake and its safety check; 12, 13 consent,
commission and plan (rows still to come); 14 the match itself (the pool is another service); 17 the
evaluations.

Holds client/cases/support.py, client/people/membership.py.
"""

import pytest

from client.cases import consulting
from client.errors import NotPossible, ServerRefused
from client.people.membership import grant
from tests.support.people.support_case import (
    Cast,
    contribution,
    propose_advice,
    release_advice,
    step,
)
from tests.support.world import World


def test_scenario_a_the_walls(world: World) -> None:
    cast = Cast(world)
    # 10: a case is proposed and accepted by four eyes; the consultation is linked one way.
    cast.opened()
    with pytest.raises((NotPossible, ServerRefused)):
        cast.at("anna").work.decide("CaseAccepted", "by who proposed it")
    cast.invited("mother", "requester")
    dirk = cast.at("dirk")
    hers = dirk.work.named("dialogue")
    dirk.say(hers, "welcome")
    assert cast.texts("mother", "dialogue") == ["welcome"]
    assert cast.places("mother") == ["dialogue"]

    # 11: the father has a dialogue of his own; neither reads the other's.
    cast.invited("father", "relative")
    assert cast.places("father") == ["dialogue"]
    his = cast.at("father").only("dialogue")
    cast.at("father").say(his, "from the father")
    mother = cast.at("mother")
    mother.say(mother.only("dialogue"), "from the mother")
    assert "from the father" not in cast.texts("mother", "dialogue")
    assert "from the mother" not in cast.texts("father", "dialogue")
    assert cast["father"].read(cast.case, hers.name) is None
    assert sorted(cast.texts("dirk", "dialogue")) == [
        "from the father",
        "from the mother",
        "welcome",
    ]

    # 14: experts are asked for; one declares a conflict and gets no key, two are deployed.
    dirk = cast.at("dirk")
    step(dirk, "request", "symbols, and a view on his age")
    cast.deploy("dirk", "xena")
    cast.deploy("dirk", "zoe")
    dirk = cast.at("dirk")
    assert cast.places("xena") == cast.places("zoe") == ["conflict", "expert"]
    with pytest.raises(NotPossible):
        dirk.let_in("expert", cast.person("ivo"))

    # 15: both write independently; neither reads the other's early.
    cast.at("xena").contribute(contribution("of xena"))
    assert cast.places("xena") == ["analysis", "conflict", "expert"]
    assert cast.places("zoe") == ["conflict", "expert"]
    with pytest.raises(NotPossible, match="different experts"):
        cast.at("dirk").unseal()
    with pytest.raises(NotPossible, match="not-allowed"):
        own = cast.at("xena").only("analysis")
        grant(cast["xena"], own, cast["zoe"].device, "early", items=own.items[1:])
    cast.at("zoe").contribute(contribution("of zoe"))
    cast.at("dirk").unseal()
    assert cast.at("xena").share() == 2
    assert "of xena" not in cast.texts("zoe", "analysis")  # the server holds it back
    assert "of xena" not in cast.texts("dirk", "analysis")
    assert cast.at("zoe").share() == 2
    for name in ("xena", "zoe", "dirk"):
        assert sorted(cast.texts(name, "analysis")) == ["of xena", "of zoe"]

    # 16: advice is released by a supervisor; an excerpt of it goes to the mother.
    propose_advice(cast.at("dirk"), "stay next to him")
    with pytest.raises((NotPossible, ServerRefused)):
        release_advice(cast.at("dirk"), "by himself")
    release_advice(cast.at("carla"), "agreed")
    dirk = cast.at("dirk")
    analysis = next(dirk.work.chains("analysis"))
    said = next(item for item in analysis.items if item.entry.header.payload)
    dirk.excerpt(dirk.work.named(hers.name), said, "what you can do")
    assert "what you can do" in cast.texts("mother", "dialogue")
    assert cast.places("mother") == ["dialogue"]

    # 17: experts are released; a later entry gives them nothing.
    cast.at("dirk").release_expert(cast.person("xena"))
    expert = cast.at("dirk").only("expert")
    cast.at("dirk").say(expert, "after she left")
    assert cast["xena"].read(cast.case, expert.name) is None
    assert "expert" not in cast.places("xena")
    assert "after she left" in cast.texts("zoe", "expert")


def test_the_consultation_is_linked_one_way(world: World) -> None:
    cast = Cast(world)
    mother, asked, _code = world.mother("about my son")
    anna = cast["anna"]
    world.settle()
    chain = anna.read(asked.case, asked.name)
    assert chain is not None
    consulting.take(anna, chain)
    cast.opened()
    assert cast.case != chain.case
    dirk = cast.at("dirk")
    everything = b"".join(
        one.entry.header for one in world.opened.store.structure(dirk.work.case, 0, 100)
    )
    assert chain.case.encode() not in everything
    assert mother.device.encode() not in everything
