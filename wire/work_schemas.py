"""What waits, for whom and by when: the bodies of the work list and the supervisors' overview."""

from marshmallow import fields, validate

from wire.fields import COMPARTMENT, Answer, Exactly, Strict, code_field, count_field, id_field


class DueTerm(Answer):
    """A term that runs: since when, by when, and whether its delay was explained."""

    term = code_field()
    since = count_field()
    due = count_field()
    explained = fields.Boolean(required=True, truthy={True}, falsy={False})


class Waiting(Answer):
    """A case or compartment as far as work goes. waits_for: a role, null for nobody. terms: those
    that run, most urgent first."""

    case = id_field(required=True)
    service = code_field()
    opened = count_field()
    waits_for = code_field(allow_none=True)
    waiting_since = count_field(allow_none=True)
    terms = fields.List(fields.Nested(DueTerm), required=True)


class Work(Waiting):
    """A compartment in which the asking device stands. state: null for who may not know it. done:
    whether nothing is to be done in the case any more. quiet: whether nothing is, unless somebody
    is waited for or a term runs."""

    compartment = fields.String(required=True, validate=Exactly(COMPARTMENT))
    state = code_field(allow_none=True)
    done = fields.Boolean(required=True, truthy={True}, falsy={False})
    quiet = fields.Boolean(required=True, truthy={True}, falsy={False})
    role = code_field()
    mine = fields.Boolean(required=True, truthy={True}, falsy={False})
    seq = count_field()
    position = count_field()


class WorkList(Answer):
    """elsewhere: how many cases wait to be taken by someone of a role of the asking device that it
    does not stand in itself, for instance because it is newer than the question."""

    elsewhere = count_field()
    work = fields.List(fields.Nested(Work), required=True)


class CaseOverview(Waiting):
    state = code_field()


class Overview(Answer):
    cases = fields.List(fields.Nested(CaseOverview), required=True)


class StoodThere(Answer):
    """A device in a compartment of a case; until: null while it stands there."""

    case = id_field(required=True)
    compartment = fields.String(required=True, validate=Exactly(COMPARTMENT))
    role = code_field()
    since = count_field()
    until = count_field(allow_none=True)


class Standings(Answer):
    standings = fields.List(fields.Nested(StoodThere), required=True)


class StandingsQuery(Strict):
    device = id_field(required=True)


class WaitQuery(Strict):
    wait = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))
