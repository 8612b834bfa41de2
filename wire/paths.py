"""Where things are asked for. One table for server, client and tests."""

VERSION = "/v1"
ENTRIES = "/entries"
TRUST = "/trust"
CARDS = "/cards"
WORK_LIST = "/work-list"
OVERVIEW = "/overview"
CASES = "/cases"
STANDINGS = "/standings"
TIMELINE = "/cases/{case}/compartments/{compartment}/entries"
PARTS = TIMELINE + "/{entry}/parts"
MANY_PARTS = "/cases/{case}/compartments/{compartment}/parts"
ATTACHMENT = TIMELINE + "/{entry}/attachments/{number}"
UPLOAD = "/cases/{case}/compartments/{compartment}/uploads/{hash}"
WRAPS = "/cases/{case}/compartments/{compartment}/wraps"
STRUCTURE = "/cases/{case}/structure"
INVITATIONS = "/invitations"
ACCEPTANCES = "/cases/{case}/compartments/{compartment}/acceptances"
READS = "/cases/{case}/reads"
HEALTH = "/health"

MAX_PAGE = 500
MAX_PARTS_BYTES = 4 * 2**20  # of sealed parts in one answer, unless a single entry has more
MAX_CARDS = 100
MAX_WAIT_SECONDS = 10


def path(template: str, **names: str) -> str:
    return VERSION + template.format(**names)


def rule(template: str) -> str:
    """The template as Flask writes it."""
    return template.replace("{", "<string:").replace("}", ">")
