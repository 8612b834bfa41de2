"""What each rule that is broken means to a person, and what to do next, in the words of the work;
and what an auditor reads of it. English stands here; Dutch stands in the catalogue."""

from collections.abc import Mapping

from cli.sentences.next_steps import SEE, SEE_HERS, SET_THE_CLOCK, WHICH_CASES, Advice

ALARM = (
    "Do not go on here. Nothing was shown that did not hold. Keep this message, and let us know in "
    "another way: ring us, for instance."
)
ALARM_OR_RESTORE = (
    "Do not go on here, and let us know in another way: ring us, for instance. If whoever runs the "
    "server tells you that a backup was put back: `zegel accept-restore` goes on in a case."
)
DOES_NOT_HOLD = Advice("What the server sent does not hold.", ALARM, ALARM)
RING = "Try again in a moment. If it stays so, ring the support point."
NOT_UNDERSTOOD = Advice(
    "This program and the server do not understand each other.",
    "Look whether there is a newer version of this program. If not, give this message to whoever "
    "looks after the system.",
)
OTHERWISE = Advice(
    "This was not stored.",
    "Give this message to whoever looks after the system.",
)
NOT_WHOLE = Advice("Not all of it arrived, so it was not stored.", "Try again.")
# By the name of a refusal, a problem or an alarm.
RULES: Mapping[str, Advice] = {
    "wrong-state": Advice(
        "This cannot be done now.",
        SEE,
        SEE_HERS,
        found="this could not be done in the state of the case",
    ),
    "four-eyes": Advice(
        "This needs a second person.",
        "One person proposes; a supervisor answers with `zegel approve` or `zegel refuse`. After "
        "that it can be done.",
        found="a second person was needed",
    ),
    "not-allowed": Advice(
        "You may not do this here.",
        "It is for another person or in another role; in a consultation its worker, in a support "
        "case its casemanager. `zegel show` tells what you can do now.",
        SEE_HERS,
        found="this role may not do this there",
    ),
    "not-a-member": Advice(
        "You do not take part in this conversation, or no longer.",
        WHICH_CASES,
        "Come back with your newest code. If that does not help, ring the support point.",
        found="who wrote this did not take part there",
    ),
    "no-such-case": Advice(
        "This case is not here, or not for you.",
        "Check the case number. If you were taken off the case, this is how it looks.",
        "Check your code. Does it stay so? Then ring the support point.",
        found="this case is not there",
    ),
    "taken": Advice(
        "This consultation is a colleague's.",
        "See with `zegel inbox` what still waits. Do you doubt whether someone looks at it? Ring a "
        "supervisor.",
    ),
    "not-permitted": Advice(
        "Your role may not see this.",
        "Ask a supervisor if you think it should.",
    ),
    "out-of-order": Advice(
        "Someone wrote at the same moment.",
        "Read what came in and try again.",
        found="this does not follow on what went before",
    ),
    "stale-view": Advice(
        "What you see is not the newest.",
        "Try again in a moment.",
        found="its author had not seen the newest",
    ),
    "wrong-epoch": Advice(
        "While you wrote, the people who read along changed.",
        "Your text was not stored. Read who is there now, and send it again.",
        found="this was sealed with other keys than the newest",
    ),
    "rotation-owed": Advice(
        "Someone just left this conversation. First it is made sure that they read nothing new.",
        "Try again in a moment.",
        found="someone had left, and new keys had not come yet",
    ),
    "uncertified-member": Advice(
        "Someone who would read along is not on the list of certified people.",
        RING,
        found="someone takes part who was not certified for it",
    ),
    "unknown-author": Advice(
        "This device is not on the list of certified people.",
        "Ask the registrar to put your device on the list.",
        "Check your code. Does it stay so? Then ring the support point.",
        found="nobody vouches for who signed this",
    ),
    "revoked": Advice(
        "This device has been revoked: it can read and write nothing more.",
        "If you did not expect this, ring the registrar or a supervisor.",
        "If you did not expect this, ring the support point.",
        found="the device that signed this had been revoked",
    ),
    "stale-roster": Advice(
        "The list of certified people has expired or is being renewed.",
        RING,
        found="the list of certified people was not the newest, or had expired",
    ),
    "gone": Advice(
        "You take part in this conversation no longer, or the server does not show it to you.",
        "Nothing that you read before has changed. Were you taken off it? Ask whoever invited you, "
        "by telephone for instance. If you were not, keep this message and ring the support point.",
        found="who asks takes part there no longer, or the server does not show it",
    ),
    "unproven": Advice(
        "The server does not know for certain that it is you.",
        "Check the clock of this machine, and that this device is on the list of certified people.",
        "Check the clock of this machine and your code.",
    ),
    "clock": Advice(
        "The clock of this machine and that of the server do not agree.",
        SET_THE_CLOCK,
        found="its time is too far from the time of storing",
    ),
    "other-authority": Advice(
        "The support point's server has another name than the address that was given.",
        "Use the address on the letter or page of the support point: with --server, or in "
        "ZEGEL_SERVER or settings.json.",
    ),
    "not-zegel": Advice(
        "This is not the support point's server.",
        "Check the address and its port. On a network that first asks you to log in, open a web "
        "page and log in.",
    ),
    "wrong-pin": Advice(
        "The pin that was given is not the pin of the people at this server.",
        "Look at the letter again: one or more characters of the pin may be mistyped, or the "
        "address is that of another server. If both are as on the letter, do not go on: tell the "
        "support point by telephone.",
    ),
    "unanswered": Advice(
        "No answer came. It is not known whether this was stored.",
        "Look with `zegel show` whether it is there. You can also do the same again with the same "
        "words: it is not stored twice.",
        "Look with `zegel return` whether it is there. You can also do the same again with the "
        "same words: it is not stored twice.",
    ),
    "too-large": Advice(
        "This is too long to send at once.",
        "It was not stored. Make it shorter, or send it in parts.",
    ),
    "too-slow": Advice(
        "The connection was too slow.",
        "It was not stored. Try again, or where the connection is better.",
    ),
    "too-many": Advice(
        "This is too much at once.",
        "Wait a while and try again.",
        found="this is over a limit",
    ),
    "busy": Advice("The server is busy.", "It was not stored. Try again in a moment."),
    "not-yet": Advice("The server has not come that far yet.", "Try again in a moment."),
    "standing-still": Advice(
        "What was written since is not shown just now.",
        "Nothing is lost. Tell whoever looks after the server that the projector stands still.",
    ),
    "set-aside": Advice(
        "The server does not know this just now.",
        "Nothing is lost. Tell whoever looks after the server that a read model was set aside.",
    ),
    "internal": Advice(
        "Something went wrong at the support point, not with you. It is not known whether this "
        "was stored.",
        "Look first with `zegel show` whether it stands there. If it stays so, ring whoever looks "
        "after the system.",
        "Look first with `zegel return` whether it stands there. If it stays so, ring the support "
        "point.",
    ),
    "duplicate-entry": Advice(
        "This was stored already.",
        SEE,
        SEE_HERS,
        found="this stands there twice",
    ),
    "missing-payload": NOT_WHOLE._replace(found="what was sealed is not there"),
    "payload-mismatch": NOT_WHOLE._replace(found="what was sealed is other than what was signed"),
    "wrong-offset": Advice(
        "Sending a file was cut short.", "Try again: it goes on where it stopped."
    ),
    "bad-signature": OTHERWISE._replace(found="the signature is not good"),
    "wrong-case": OTHERWISE._replace(found="this is of another case"),
    **dict.fromkeys(
        (
            *("not-found", "method-not-allowed"),
            *("bad-request", "length-required", "target-too-long", "head-too-large"),
            *("unsupported-media-type", "no-such-range"),
        ),
        NOT_UNDERSTOOD,
    ),
    "malformed": NOT_UNDERSTOOD._replace(found="this is not written as it should be"),
    "unsupported-version": NOT_UNDERSTOOD._replace(found="this is of another version"),
    # Of what a server shows, which alarms: `advice` tells it so whatever the rule.
    "bad-read-log": DOES_NOT_HOLD._replace(found="the read log is not whole"),
    "bad-receipt": DOES_NOT_HOLD._replace(found="the server's receipt is not good"),
    "bad-wrap": DOES_NOT_HOLD._replace(found="a key is missing, or is another one"),
    "forked": DOES_NOT_HOLD._replace(found="the server shows other than before"),
    "not-answering": DOES_NOT_HOLD._replace(found="the server gave no right answer"),
    "went-back": DOES_NOT_HOLD._replace(found="the server shows less than before"),
}
