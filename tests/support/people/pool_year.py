"""A year of the pool as it may go, drawn with a fixed seed: who is in it, what is asked for, and
how each who is invited answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from client.audit.inspection import inspect
from client.pool.deployments import Deployment
from client.pool.experts import week_of, weeks_of
from client.pool.inviting import (
    confirm_candidate,
    confirm_proposed,
    next_to_invite,
    tell_confirmed,
)
from tests.support.people.pool import DAY, PoolStage
from wire.calendar import read_calendar
from wire.payloads.pool import CARE, FORMS, PROVINCES

EXPERTS, ORGANISATIONS, REQUESTS = 40, 12, 60
TONGUES = ("nl", "ar", "tr", "ti", "fa", "so")
MEETINGS = {8: "regular", 30: "extra", 45: "regular"}
REASONS = {
    "refuse": "my calendar is full of other things",
    "conflict": "I treated a cousin of theirs",
}
WORDS = (*REASONS.values(), "she knows the harbour well", "nobody else speaks it")


@dataclass
class Year:
    """stage: with a coordinator, two casemanagers, one of the child protection board, and an
    office. random: what is drawn. running: who is to be released on which day, and where."""

    stage: PoolStage
    random: Random
    profiles: dict[str, str] = field(default_factory=dict)
    running: list[tuple[int, str, str, list[str]]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    teams: list[tuple[str, list[str]]] = field(default_factory=list)
    unserved: int = 0
    pool: str = ""
    expired: list[Any] = field(default_factory=list)
    of_the_night: tuple[int, int] = (0, 0)

    def hires(self) -> None:
        staff = {
            "pia": (["pool_coordinator"], "lse"),
            "dirk": (["casemanager"], "lse"),
            "ella": (["casemanager"], "lse"),
            "lara": (["lat_coordinator"], "rvdk"),
            "carla": (["supervisor"], "lse"),
            "otto": (["auditor"], "lse"),
        }
        experts = {
            f"expert {number}": (
                ["zorgexpert" if number % 3 == 0 else "duidingsexpert"],
                f"organisation_{number % ORGANISATIONS + 1}",
            )
            for number in range(1, EXPERTS)
        }
        self.stage.hire({**staff, **experts})
        for name in experts:
            self.profiles[name] = self.stage.joins(name, **self._profile(name))

    def _profile(self, name: str) -> dict[str, Any]:
        draw = self.random
        cares = self.stage.roles[name] == ["zorgexpert"]
        today = self._day()
        knows: dict[str, Any] = (
            {"care": draw.sample(CARE, 3)}
            if cares
            else {"forms": draw.sample(FORMS, 4), "competences": ["individual", "group"]}
        )
        away = set(draw.sample(range(52), 6))
        weeks = [week for n, week in enumerate(weeks_of(week_of(today), 58)) if n not in away]
        return {
            "weeks": weeks,
            "acute": draw.random() < 0.5,
            **knows,
            "mother_tongues": sorted({"nl", draw.choice(TONGUES)}),
            "residence": draw.choice(PROVINCES),
            "provinces": draw.sample(PROVINCES, 4),
            "registrations": ["BIG 2028-12-31" if cares else "VERA-2R 2028-06-30"],
        }

    def _day(self) -> date:
        return datetime.fromtimestamp(self.stage.clock.now, UTC).date()

    # --- one request -----------------------------------------------------------------------------

    def asks(self) -> None:
        """One request, until its team stands or nobody is left."""
        draw = self.random
        by = draw.choice(("dirk", "ella"))
        both = draw.random() < 0.3
        brief: dict[str, Any] = {
            "disciplines": ["duiding", "care"] if both else ["duiding"],
            "form": draw.choice(FORMS),
            "from_week": week_of(self._day()),
            "weeks": 3,
        }
        if both:
            brief["care"] = draw.choice(CARE)
        if draw.random() < 0.25:
            brief["language"] = draw.choice(TONGUES)
        case = self.stage.requests(by, count=2 if both else 1, **brief)
        self.forms_team(case, by, self.answers_of)

    def forms_team(self, case: str, by: str, answers: Callable[[str], str]) -> list[str]:
        """Match, and invite one by one until the team stands; who is in it."""
        stage = self.stage
        one = stage.deployment(case)
        found = stage.matches(one)
        while persons := next_to_invite(one, stage.clock.now):
            for person in persons:
                self._invited(one, stage.name_of(person), answers)
            one = stage.deployment(case)  # with what they said
        ready = [each for each in one.candidates(stage.clock.now) if each.is_ready]
        if len(ready) < max(len(found.team), 1):
            self.unserved += 1
            stage.steps("pia", one.work, "withdraw", "note/1", text="nobody is left")
            return []
        for each in ready:
            confirm_candidate(one, each)
        if by == "lara":
            confirm_proposed(stage.deployment(case, "lara"))
            one = stage.deployment(case)
        tell_confirmed(one, stage.clock.now)
        stage.steps(by, case, "begin")
        team = [stage.name_of(each.person) for each in ready]
        self.teams.append((case, team))
        self.running.append((stage.clock.now + 21 * DAY, case, by, team))
        return team

    def _invited(self, one: Deployment, name: str, answers: Callable[[str], str]) -> None:
        stage, case, answer = self.stage, one.work.case, answers(name)
        self.answers[answer] = self.answers.get(answer, 0) + 1
        chain = stage.invites(one, name)
        if answer == "accept":
            stage.accepts(case, name)
        elif answer == "silent":
            stage.clock.passes(hours=25)
            stage.steps("pia", one.work, "remind", where=chain.name)
            stage.clock.passes(hours=24)
        else:
            stage.steps(name, case, answer, "note/1", text=REASONS[answer])

    def answers_of(self, _name: str) -> str:
        return self.random.choices(("accept", "refuse", "conflict", "silent"), (70, 15, 8, 7))[0]

    def releases(self) -> None:
        """Those whose time is over."""
        over = [one for one in self.running if one[0] <= self.stage.clock.now]
        for one in over:
            self.running.remove(one)
            _until, case, by, team = one
            work = self.stage.at(by, case)
            self.stage.steps(by, work, "contributed")
            for name in team:
                self.stage.steps(by, work, "release", body={"expert": self.stage.person(name)})
            self.stage.steps(by, work, "evaluate", "feedback/1", fit=4, text=WORDS[2])

    # --- the rest of the year --------------------------------------------------------------------

    def forms(self) -> None:
        """The pool itself, with everybody in it."""
        self.pool = self.stage.opens("pia", "expert_pool", "form", text="we meet twice a year")

    def meets(self, number: int) -> None:
        """Two regular meetings and one extra one; what is developed together; one vetting that
        expires and is renewed."""
        if number in MEETINGS:
            kind = MEETINGS[number]
            body = {"kind": kind, "year": self._day().year}
            told = {"date": "2026-12-31", "place": "online", "agenda": "how it went"}
            self.stage.steps("pia", self.pool, "plan", "meeting/1", body=body, **told)
            said = {"stated": True, "text": "what we learned of languages"}
            self.stage.steps("pia", self.pool, "hold", "minutes/1", body={"attended": 31}, **said)
        if number == 10:
            text = "a course on online worlds"
            self.stage.steps("expert 1", self.pool, "develop", "development/1", text=text)
            done = {"done": True}
            self.stage.steps("pia", self.pool, "progress", "development/1", body=done, text="held")
        if number == 20:
            self._vetting_expires()

    def _vetting_expires(self) -> None:
        """Of one whom a request needs, and who is found once more when she is vetted again."""
        stage = self.stage
        name = stage.hires_one(f"expert {EXPERTS}", "duidingsexpert", "organisation_12")
        weeks = weeks_of(week_of(self._day()), 40)
        case = stage.joins(name, weeks, forms=["jihadism"], competences=["geopolitics"])
        self.profiles[name] = case
        stage.vets(case, name, days=3)
        brief = {"form": "jihadism", "competence": "geopolitics", "weeks": 1}
        stage.clock.passes(days=4)
        self.expired = [self._verdict(name, **brief)]
        stage.vets(case, name)
        self.expired.append(self._verdict(name, **brief))

    def _verdict(self, name: str, **brief: Any) -> Any:
        asked = self.stage.requests("dirk", from_week=week_of(self._day()), **brief)
        found = self.stage.matches(asked)
        self.stage.steps("dirk", asked, "withdraw", "note/1", text="only asked")
        return next(
            one.verdict for one in found.candidates if one.person == self.stage.person(name)
        )

    def night(self) -> None:
        """Two children land tonight: the child protection board asks, and confirms."""
        stage = self.stage
        asked = stage.clock.now
        brief = {"disciplines": ["duiding", "care"], "weeks": 1, "from_week": week_of(self._day())}
        case = stage.requests("lara", count=2, acute=True, **brief)
        stage.clock.passes(hours=0.5)
        found = iter(("refuse",))

        def answers(_name: str) -> str:
            stage.clock.passes(hours=0.4)
            return next(found, "accept")

        self.forms_team(case, "lara", answers)
        self.of_the_night = (asked, stage.clock.now)

    # --- what is left of it ----------------------------------------------------------------------

    def audited(self) -> list[str]:
        """Some cases of each kind: a team of several, the one of the night, a profile, the pool."""
        largest = max(self.teams, key=lambda one: len(one[1]))
        return [largest[0], self.teams[-1][0], self.profiles["expert 1"], self.pool]

    def verdicts(self, case: str) -> dict[str, Any]:
        self.stage.renew()
        self.stage.world.settle()
        found = inspect(self.stage.sessions["otto"], case, read_calendar(None))
        return {one.name: one for one in found.verdicts}

    def held(self) -> bytes:
        """Every byte of every file of the server."""
        files = self.stage.world.folder.rglob("*")
        return b"".join(file.read_bytes() for file in files if file.is_file())
