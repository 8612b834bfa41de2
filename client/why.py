"""Why something cannot be done: each reason by its name, with the English of it. {} names the facts
that are filled in where it is raised; what a person does next, and the Dutch, stand at the command
line (`cli.sentences.reasons`). What a server says is not here: it has its own names.
"""

from collections.abc import Mapping
from enum import Enum, unique
from pathlib import Path
from typing import Self

from domain.refusal import Refusal

Fact = str | int | Path


@unique
class Why(Enum):
    """A reason. value: its template. rule: the name of the rule that it goes by, "" for none; the
    text of an error begins with it."""

    _value_: str
    rule: str

    # --- which is meant
    NO_SUCH_CASE = "no case of yours begins with {beginning}; a colleague may have taken it"
    CASE_NOT_SHOWN = (
        "you read case {beginning} before and are not shown it now: a colleague may have taken it, "
        "you may have been put out, or a backup was put back"
    )
    NO_SUCH_DEPLOYMENT = "no deployment of yours begins with {beginning}"
    SEVERAL_CASES = "{count} cases begin with {beginning}: give more of the number"
    SEVERAL_COLLEAGUES = "{count} colleagues have a number that begins with {beginning}"
    SEVERAL_MEMBERS = "{count} members have a number that begins with {beginning}"
    SEVERAL_HOLDERS = "{devices} devices and {people} people begin with {beginning}"
    SEVERAL_LISTED = "{count} people and devices are listed that begin with {beginning}"
    SEVERAL_PROPOSALS = "{count} proposals are open: name one with --of: {proposals}"
    NO_SUCH_PROPOSAL = "{number} is no open proposal here: these are: {proposals}"
    LOCAL_NAME_AND_NUMBER = "{name} is a local name and the beginning of a number: give more"
    NO_SUCH_MESSAGE = "there is no message {number} here"
    NO_SUCH_MESSAGES = "there is no such message here"
    NO_SUCH_FILE = "message {number} has no file {file}"
    NO_SUCH_CONVERSATION = "there is no conversation with this code here"

    # --- places of a case
    NO_SUCH_PLACE = "no place of yours in this case is called {place}"
    SEVERAL_PLACES = "{count} places of yours are called {place}: give more of it"
    NOBODYS_PLACE = (
        "nobody who stands in this case opened that place: give its whole name if it is right"
    )
    NO_SUCH_COMPARTMENT = "there is no such compartment here"
    OUT_OF_CASE = "you stand in that case no longer"
    IN_NO_PLACE = "you stand in no place of this case"
    IN_NO_SUCH_PLACE = "you stand in no {kind} of this case"
    OUT_OF_PLACE = "you do not stand in the {kind} of this case"
    NO_SUCH_KIND = "there is no {kind} in such a case: {kinds}"
    ELSEWHERE = "{place} is no place for this: it stands in a {kind}"
    WHICH_PLACE = "several places are meant: name one with --in: {places}"

    # --- steps
    NOT_STATED = "it was not stated: {field}"
    NO_BEGINNING = "you hold the beginning of no such case: let who opened it do this"
    WHICH_ENTRY = "several entries are meant: name one by its number: {numbers}"
    NOTHING_OF_KIND = "there is no {kinds} here", Refusal.WRONG_STATE
    NOBODY_TAKES = "nobody takes a case in this state", Refusal.WRONG_STATE
    NOTHING_TO_DECIDE = "nothing of another person waits for an answer here", Refusal.WRONG_STATE
    NOTHING_TO_UNSEAL = "no analysis is in that was not unsealed", Refusal.WRONG_STATE
    NOT_APPROVED = "no {kind} has been approved by a second person", Refusal.FOUR_EYES
    NOT_CONFIRMED = (
        "neither the pool confirmed {person} for you, nor a supervisor admitted an expert"
    )
    NOT_CONFIRMED_THERE = "deployment {deployment} does not confirm {person} for you"
    NO_RECOVERY = "two custodians approve a recovery first", Refusal.FOUR_EYES
    NOT_THEIR_CASE = "only those whose case it is open this", Refusal.NOT_ALLOWED
    NO_OPENER = "you are none of those who open a case of {service}", Refusal.NOT_ALLOWED
    TAKEN = "a colleague has it", "taken"
    JUST_TAKEN = "a colleague took it just before you", "taken"
    NO_WORKER = "nobody of the front office is certified now"
    NO_HOLDER = "no {role} is certified now"
    OTHERS_WRITE = "others keep writing at the same time: try again"
    CALL_112 = "bel nu 112 / call 112 now; come back here when you are safe"

    # --- what is written, and its files
    NO_CHARACTERS = "this text holds bytes that are no characters: type them anew"
    TOO_LONG = "a message has at most {most} characters, this has {count}"
    NOT_AS_ASKED = "{faults}"
    TOO_MANY_FILES = "at most {most} files go with one message"
    FILE_TOO_LARGE = "{file} is too large: a file has at most {most}"
    FILE_TOO_LARGE_THERE = "{file} is too large: this server takes at most {most} MiB"
    FILE_CHANGED = "{file} changed while it was read"
    UNREADABLE = "{file} cannot be read: {reason}"
    UNWRITABLE = "{file} cannot be written: {reason}"
    MACHINE = "{path}: {reason}"
    FOLDER_FULL = "{folder} holds too many files called {name}"
    NO_ROOM = "there is no room to seal the files that go along: {reason}"
    PICTURE_UNKNOWN = (
        "{file} is a picture of the kind {kind}: where, when and with what it was made cannot be "
        "taken out"
    )
    PICTURE_DAMAGED = "{file} cannot be read as a picture: it is damaged, or not what it seems"
    PICTURE_BEHIND = "{file} holds a picture behind something else: that cannot be taken out"
    PICTURE_TOO_LARGE = "{file} has more than {most} million dots: make it smaller"
    PICTURE_TURNED = "{file} moves, and is to be turned: save it anew first"
    SEVERAL_PICTURES = "{file} holds several pictures: save each of them by itself"

    # --- keys
    NO_KEY = "this device was given no key to message {number}"
    CANNOT_OPEN = "this device cannot open message {number}"
    NO_EPOCH_KEY = "this device holds no key of epoch {epoch}"
    NO_CURRENT_KEY = "this device holds no key of the current epoch"

    # --- the server
    NO_ADDRESS = "{url} is no address of a server: it looks like https://zegel.example"
    DAYS_AHEAD = "this machine's clock is {count} days ahead of the server's", Refusal.CLOCK
    HOURS_AHEAD = "this machine's clock is {count} hours ahead of the server's", Refusal.CLOCK
    MINUTES_AHEAD = "this machine's clock is {count} minutes ahead of the server's", Refusal.CLOCK
    DAYS_BEHIND = "this machine's clock is {count} days behind the server's", Refusal.CLOCK
    HOURS_BEHIND = "this machine's clock is {count} hours behind the server's", Refusal.CLOCK
    MINUTES_BEHIND = "this machine's clock is {count} minutes behind the server's", Refusal.CLOCK
    OTHER_AUTHORITY = "{url} is to be asked as {authority}", "other-authority"
    NOT_ZEGEL = "what answers at {url} is something else", "not-zegel"
    WRONG_PIN = "the people of this server are known by another pin", "wrong-pin"
    NO_ANSWER = "{url} does not answer"
    NO_ANSWER_CAME = "no answer came: whether this was stored is not known"
    NO_PROXY = "{url} cannot be reached through the proxy {proxy}"
    NOT_THAT_SERVER = "{url} does not show that it is the server of that name"
    NO_SUCH_NAME = "no server is known by the name {host}"
    NOBODY_THERE = "nothing answers at {authority}"
    SEEN_DAMAGED = "{file} is damaged: what was seen before cannot be read"
    SEEN_NOT_WRITTEN = "{file} is damaged and is not written over: {reason}"
    NOTHING_SEEN = "nothing is kept here of what was seen"
    NOTHING_TO_ACCEPT = "nothing of this case was seen that is not shown"

    # --- audits
    NO_SUCH_ENTRY = "this case has {count} entries, counted from 0"
    NOTHING_TO_JUDGE = "nothing to judge: the first entry of this case has position {position}"
    NO_MOMENT = "{moment} is neither a position nor a time"
    NO_NOTES = "{file} holds no notes of an audit: name another file"
    OTHER_NOTES = "{file} is of an audit of another server, or by other terms"
    NOTES_IN_USE = "{file} is being written by another audit"

    # --- the ceremony
    ROOT_THERE = "{folder} holds a root already"
    ROOT_UNPUBLISHED = "root {version} is signed and was not published yet: publish it first"
    ROOT_EXPIRED = "root {version} has expired: it signs no list any more"
    ROOT_NOT_HERE = "root {version} of the server is not in {folder}"
    ROOT_UNSAYABLE = "no root can say this: {reason}"
    NO_SUCH_ROOT_KEY = "there is no root key {number}: they are 1 to {count}"
    OTHER_ROOT_KEY = "{key} is not the key that the root names"
    ROOT_SIGNERS = "a root is signed by {count} of its keys: name as many"
    WITNESSES = "{threshold} witnesses are to cosign, and {count} are named"
    NO_CEREMONY = "{file} is not there: is this the folder of the ceremony?"
    WRONG_PASSPHRASE = "the passphrase does not open {file}: type it again"
    DAMAGED = "{file} is damaged: {reason}"
    NO_CARD = "{file} holds no card: {reason}"
    LISTED_ALREADY = "{device} is listed already"
    TOO_BUSY = "this expert serves {count} cases already, as many as one may at a time"
    NOT_VETTED = "this expert is not vetted, or not any more: she cannot be invited"
    NOT_IN_POOL = "this expert left the pool or is suspended: she is neither invited nor confirmed"
    NOBODY_LISTED = "nobody has number {number}: the list has {count} people"
    NEW_PERSON = "a new person needs a role and an organisation"
    LIST_UNSAYABLE = "no list can say this: {reason}"
    LIST_UNANSWERED = "a list was sent and no answer came: publish once more first"

    def __new__(cls, template: str, rule: str = "") -> Self:
        reason = object.__new__(cls)
        reason._value_, reason.rule = template, str(rule)
        return reason

    def filled(self, facts: Mapping[str, Fact]) -> str:
        """In English, behind the name of its rule."""
        text = self.value.format(**facts)
        return f"{self.rule}: {text}" if self.rule else text
