"""The console script: finds the command, and turns what goes wrong into a sentence and a next step.

Commands are imported when they are called: a person who reads a message does not wait for a server.
"""

import gc
import importlib
import json
import os
import sys
from typing import Any, NoReturn

import click

from cli.desk.every_day import SERVICE, STEPS
from cli.screen.spoken import SpokenGroup
from cli.screen.terminal import wrapped
from cli.sentences.language import _

COMMANDS = {
    "ask": "cli.asker.ask:ask",
    "return": "cli.asker.come_back:return_",
    "inbox": "cli.office.inbox:inbox",
    "overview": "cli.office.inbox:overview",
    "show": "cli.office.view:show",
    "timeline": "cli.office.view:timeline",
    "take": "cli.office.worker:take",
    "register": "cli.office.worker:register",
    "message": "cli.office.worker:message",
    "save": "cli.desk.attach:save_command",
    **dict.fromkeys(STEPS, "cli.desk.commands"),
    "consult": "cli.office.worker:consult",
    "substitute": "cli.office.worker:substitute",
    "reassign": "cli.office.worker:reassign",
    "colleagues": "cli.office.colleagues:colleagues",
    "approve": "cli.case.decisions:approve",
    "refuse": "cli.case.decisions:refuse",
    "name": "cli.home.naming:name_",
    "leave": "cli.office.worker:leave",
    "case": "cli.case.commands:case",
    "join": "cli.asker.joining:join",
    "correct": "cli.office.erasure:correct",
    "drafts": "cli.home.draft_list:drafts",
    "withdraw": "cli.office.erasure:withdraw",
    "propose-erasure": "cli.office.erasure:propose_erasure",
    "erase": "cli.office.erasure:erase",
    "accept-restore": "cli.office.restore:accept_restore",
    "unlock": "cli.home.unlock:unlock",
    "lock": "cli.home.unlock:lock",
    "enrol": "cli.home.enrol:enrol",
    "trust": "cli.operator.trust:trust",
    "audit": "cli.audit.auditor:audit",
    "who": "cli.audit.who:who",
    "reach": "cli.audit.reach:reach_",
    "rules": "cli.audit.rules:rules",
    "serve": "cli.operator.commands:serve",
    "release": "cli.operator.commands:release",
    "projector": "cli.operator.commands:projector",
    "demo": "cli.operator.demo:demo",
    "completion": "cli.screen.completion:completion",
}
# Who uses them; a command stands with those who use it most.
GROUPS = {
    "Who asks": ("ask", "return", "join"),
    "Who works here": (
        *("inbox", "show", "timeline", "take", "register", "message", "save", *STEPS),
        *(
            "consult",
            "substitute",
            "colleagues",
            "approve",
            "refuse",
            "name",
            "leave",
            "case",
        ),
        "accept-restore",
        *("correct", "withdraw", "propose-erasure", "erase", "drafts", "unlock", "lock", "enrol"),
    ),
    "Supervisors": ("overview", "reassign", "trust"),
    "Auditors": ("audit", "who", "reach", "rules"),
    "Operators": ("serve", "release", "projector", "demo", "completion"),
}
OF_SERVICES = "Every step of"
# Commands beside the steps of services, by the name of their group.
OF_GROUPS: dict[str, dict[str, str]] = {
    "pool": {
        "experts": "cli.pool.profiles:experts",
        "weeks": "cli.pool.profiles:weeks",
        "fairness": "cli.pool.fairness:fairness",
    },
    "deployment": {
        "match": "cli.pool.matching:match",
        "candidates": "cli.pool.inviting:candidates",
        "invite": "cli.pool.inviting:invite",
        "confirm": "cli.pool.confirming:confirm",
    },
}


class Commands(SpokenGroup):
    """The commands by name, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from cli.desk.commands import groups

        return [*COMMANDS, *groups()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return _of_service(cmd_name)
        found = _loaded(COMMANDS[cmd_name])
        command = found if ":" in COMMANDS[cmd_name] else found.step_command(SERVICE, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """By who uses them, on one screen. Names are not broken: they are there to be typed."""
        with formatter.section(_("Commands, and `zegel show --help` says what one does")):
            from cli.desk.commands import groups

            every = {**GROUPS, OF_SERVICES: tuple(groups())}
            wide = max(len(_(who)) for who in every) + 2
            for who, names in every.items():
                first, *more = wrapped(", ".join(names), 78 - wide)
                formatter.write(f"  {_(who).ljust(wide)}{first}\n")
                formatter.write("".join(f"  {'':{wide}}{line}\n" for line in more))


def _loaded(where: str) -> Any:
    """What stands at `module:name`, or a whole module."""
    module, _colon, name = where.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else found


def _of_service(group: str) -> click.Command | None:
    """The steps of services, by the name of their group."""
    from cli.desk.commands import Steps, groups

    tables = groups().get(group)
    return Steps(group, tables, OF_GROUPS.get(group, {}), _loaded) if tables else None


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        click.echo(f"zegel {version('zegel')}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help=_("Show which version this is."),
)
def cli() -> None:
    """Zegel: sealed messages and cases.

    Worried about someone? `zegel ask`, and come back with `zegel return`.
    """


def main() -> None:
    """Run a command. Exit code 0: done; 1: refused or something does not hold; 2: wrong usage."""
    gc.disable()  # a command is over before there is garbage worth a search; servers collect
    from cli.home.memory import keep_to_itself

    keep_to_itself()
    from cli.sentences.advice import explain
    from client.errors import ClientError

    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except ClientError as error:
        _refused(explain(error, asks=sys.argv[1:2] in (["ask"], ["return"])))
    except BrokenPipeError:  # whoever read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OSError, UnicodeError) as fault:
        from cli.sentences.faults import explain_fault

        _refused(explain_fault(fault))


def _refused(explained: dict[str, Any]) -> NoReturn:
    from cli.screen.terminal import notify
    from cli.sentences.plain import plain

    if "--json" in sys.argv:
        click.echo(json.dumps({"error": explained}), err=True)
    else:
        notify(plain(f"{explained['what']}\n{explained['next']}"))
    sys.exit(1)


if __name__ == "__main__":
    main()
