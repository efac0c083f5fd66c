"""The command line: serve, voice, demo, doctor, and commands for people, phrases and the database."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path

from kalenderkoppling.domain.errors import InvalidValueError, KalenderkopplingError

SETTINGS_FILE = Path("kalenderkoppling.toml")

_Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 for success, 1 for a failure that was printed, 2 for wrong arguments."""
    chosen = _parser().parse_args(arguments)
    command: _Command = chosen.command
    try:
        return command(chosen)
    except KalenderkopplingError as error:
        print(f"kalenderkoppling: {str(error) or type(error).__doc__}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kalenderkoppling", description="Outlook bookings as absences and referrals.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, told in (
        ("serve", _serve, "run against a real tenant"),
        ("voice", _voice, "take calls: announcements, open referrals, and what exchanges ask"),
        ("doctor", _doctor, "test the connection, the scope and the address for notices, and say what to do"),
        ("migrate", _migrate, "bring the database's tables up to date"),
        ("audit", _audit, "verify the audit log's chain and its end, and print its head"),
        ("backup", _backup, "write a backup of the database to one file; the program may run"),
        ("restore", _restore, "put a backup in the place of the database; stop `serve` and `voice` first"),
        ("import-people", _import_people, "import the people file; --dry-run only prints what would change"),
        ("export-person", _export_person, "print everything that is kept about a person, as JSON"),
        ("erase-person", _erase_person, "erase a person and every trace"),
        ("record-phrase", _record_phrase, "use a recording of a reason or a name for callers; --remove deletes it"),
    ):
        each = _add(commands, name, command, told)
        if name.endswith("-person"):
            each.add_argument("person", help="the person's id in the people file")
        if name in {"backup", "restore"}:
            each.add_argument("file", type=Path, metavar="FILE", help="the file of the backup")
        if name == "restore":
            each.add_argument("--replace", action="store_true", help="also where the database is not empty")
        if name == "import-people":
            each.add_argument("--dry-run", action="store_true", help="print what would change, and change nothing")
            each.add_argument(
                "--allow-removals", action="store_true", help="also when many people are removed or lose a service"
            )
        if name == "record-phrase":
            _add_phrase(each)
        if name == "audit":
            each.add_argument("what", nargs="?", choices=("verify",), default="verify", help="the one thing to do")
            each.add_argument("--expect", metavar="HEAD", default="", help="a head that was noted earlier (12:4f…)")
    _add_administrator(commands.add_parser("administrator", help=_ADMINISTRATOR, description=_ADMINISTRATOR))
    _add_sign_ins(commands.add_parser("sign-ins", help=_SIGN_INS, description=_SIGN_INS))
    demo = commands.add_parser("demo", help="run with a pretend company and a pretend Outlook")
    demo.add_argument("--port", type=int, default=8080, help="0 takes any free one; default: %(default)s")
    demo.add_argument("--people", type=int, default=200, help="default: %(default)s")
    demo.set_defaults(command=_demo)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: _Command, told: str
) -> argparse.ArgumentParser:
    """Add a command that reads the settings file."""
    added = commands.add_parser(name, help=told, description=told)
    added.add_argument("--settings", type=Path, default=SETTINGS_FILE, help="default: %(default)s")
    added.set_defaults(command=command)
    return added


_ADMINISTRATOR = "make, list and remove local administrators, who can sign in when the identity provider is out"


def _add_administrator(parser: argparse.ArgumentParser) -> None:
    doing = parser.add_subparsers(required=True, metavar="WHAT")
    for name, command, told in (
        ("make", _make_administrator, "make one; the password is asked for, or read from standard input"),
        ("password", _set_password, "give one a new password; sessions end"),
        ("list", _list_administrators, "list them"),
        ("remove", _remove_administrator, "remove one; sessions end"),
    ):
        each = _add(doing, name, command, told)
        if name != "list":
            each.add_argument("name", help="how the administrator signs in, such as karin.lund")


_SIGN_INS = "list sign-ins that no person is known for, and link them to people"


def _add_sign_ins(parser: argparse.ArgumentParser) -> None:
    doing = parser.add_subparsers(required=True, metavar="WHAT")
    for name, command, told in (
        ("list", _list_sign_ins, "list those that wait, the latest first"),
        ("link", _link_sign_in, "let an issuer's subject sign in as a person from now on"),
        ("unlink", _unlink_sign_in, "undo a link; sessions end"),
    ):
        each = _add(doing, name, command, told)
        if name != "list":
            each.add_argument("issuer", help="as `sign-ins list` writes it")
            each.add_argument("subject", help="as `sign-ins list` writes it")
        if name == "link":
            each.add_argument("person", help="the person's id in the people file")


def _add_phrase(parser: argparse.ArgumentParser) -> None:
    said = parser.add_mutually_exclusive_group(required=True)
    said.add_argument("--reason", metavar="KEY", help="the key of a reason, such as lunch; needs --language")
    said.add_argument("--name", metavar="PERSON", help="the person's id in the people file")
    parser.add_argument("--language", default="", help="of the recorded reason: sv, nb, en, ...")
    done = parser.add_mutually_exclusive_group(required=True)
    done.add_argument("file", nargs="?", type=Path, metavar="FILE.wav", help="a WAV file of at most 10 s and 2 MB")
    done.add_argument("--remove", action="store_true", help="delete the recording")


# Each command imports what it needs, so that --help answers at once.


def _serve(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.server.run import serve  # noqa: PLC0415 - see above

    asyncio.run(serve(read_settings(chosen.settings)))
    return 0


def _voice(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.voice.run import voice  # noqa: PLC0415 - see above

    asyncio.run(voice(read_settings(chosen.settings)))
    return 0


def _demo(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.demo.run import demo  # noqa: PLC0415 - see above

    asyncio.run(demo(port=chosen.port, people=chosen.people))
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.doctor import examine  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    checked = asyncio.run(examine(read_settings(chosen.settings)))
    for each in checked:
        print(f"{'ok  ' if each.is_well else 'FAIL'} {each.what}{': ' if each.detail else ''}{each.detail}")
        if each.advice:
            print(f"     -> {each.advice}")
    return 0 if all(each.is_well for each in checked) else 1


def _migrate(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.store import migrate  # noqa: PLC0415 - see above

    migrate(read_settings(chosen.settings).database.url)
    print("The tables are up to date.")
    return 0


def _audit(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.verify_audit import verify_audit_log  # noqa: PLC0415 - see above

    report = verify_audit_log(read_settings(chosen.settings), chosen.expect)
    print(", ".join(f"{count} {state}" for state, count in report.states.items()) or "the log is empty")
    if report.head:
        print(f"head {report.head}")
    for each in report.restores:
        print(f"note: {each}")
    for problem in report.problems:
        print(f"PROBLEM {problem}", file=sys.stderr)
    return 1 if report.problems else 0


def _backup(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.backup import back_up  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    manifest = back_up(read_settings(chosen.settings), chosen.file)
    size = sum(each.size for each in manifest.members.values())
    print(f"Backed up to {chosen.file}: {size} bytes. It holds personal data; keep it as safe as the database.")
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.backup import restore  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    restored = restore(read_settings(chosen.settings), chosen.file, replace=chosen.replace)
    made_at, again = restored.manifest.made_at, restored.again
    print(f"Restored the backup of {made_at:%Y-%m-%d %H:%M} UTC. Everybody has to sign in again.")
    print(f"Erased again, as since the backup: {again.people} people, {again.entries} entries of the audit log.")
    print("Absences from calendars are shown again as soon as each mailbox has been read: start `serve`.")
    return 0


def _import_people(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.commands import remarks_on_people, take_over_people  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.usecases.people.import_people import TooManyGoneError  # noqa: PLC0415 - see above

    settings = read_settings(chosen.settings)
    try:
        difference = asyncio.run(
            take_over_people(settings, dry_run=chosen.dry_run, allow_removals=chosen.allow_removals)
        )
    except TooManyGoneError as error:
        print(f"kalenderkoppling: {error}. Nothing was changed.", file=sys.stderr)
        print("If the file is right: import-people --allow-removals. --dry-run lists them.", file=sys.stderr)
        return 1
    for remark in remarks_on_people(settings):
        print(f"note: {remark}")
    told = {"added": difference.added, "changed": difference.changed}
    for word, people in told.items():
        for person in people:
            print(f"{word}: {person.id} {person.name}")
    for word, ids in {
        "loses the calendar coupling": difference.uncoupled,
        "loses the referral service": difference.without_referral,
        "gone": difference.gone,
    }.items():
        for id_ in ids:
            print(f"{word}: {id_}")
    print(f"{len(difference.added)} added, {len(difference.changed)} changed, {len(difference.gone)} gone")
    return 0


def _export_person(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.commands import exported_person  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.usecases.people.erase_person import as_json  # noqa: PLC0415 - see above

    kept = asyncio.run(exported_person(read_settings(chosen.settings), chosen.person))
    print(as_json(kept))
    return 0


def _erase_person(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.commands import erased_person  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    asyncio.run(erased_person(read_settings(chosen.settings), chosen.person))
    print("Erased. Remove the person from the people file too, or the next import adds the person again.")
    return 0


def _record_phrase(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.commands import recorded_phrase, removed_recording  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.domain.recording import PhraseId, PhraseKind  # noqa: PLC0415 - see above

    kind, key = (PhraseKind.NAME, chosen.name) if chosen.reason is None else (PhraseKind.REASON, chosen.reason)
    phrase = PhraseId(kind=kind, key=key, language=chosen.language)
    settings = read_settings(chosen.settings)
    if chosen.remove:
        asyncio.run(removed_recording(settings, phrase))
        print("Removed: callers hear the speech engine again.")
    else:
        asyncio.run(recorded_phrase(settings, phrase, chosen.file))
        print("Recorded: callers hear it as soon as the announcements are rendered anew.")
    return 0


def _make_administrator(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.administrators import make_administrator  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    settings = read_settings(chosen.settings)
    asyncio.run(make_administrator(settings, chosen.name, _asked_password()))
    print(f"Made: {chosen.name} can sign in as a local administrator.")
    return 0


def _set_password(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.administrators import set_password  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    settings = read_settings(chosen.settings)
    asyncio.run(set_password(settings, chosen.name, _asked_password()))
    print(f"The password of {chosen.name} is changed, and sessions have ended.")
    return 0


def _list_administrators(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.administrators import all_administrators  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    for each in asyncio.run(all_administrators(read_settings(chosen.settings))):
        print(f"{each.name}: made {each.created_at:%Y-%m-%d}, password set {each.password_set_at:%Y-%m-%d}")
    return 0


def _remove_administrator(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.administrators import remove_administrator  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above

    asyncio.run(remove_administrator(read_settings(chosen.settings), chosen.name))
    print(f"Removed: {chosen.name}.")
    return 0


def _asked_password() -> str:
    """Return a password that was typed twice, or the first line of standard input; never one from the command line.

    Raises:
        InvalidValueError: the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise InvalidValueError("the two passwords differ")
    return password


def _list_sign_ins(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.sign_ins import waiting_sign_ins  # noqa: PLC0415 - see above

    for each in asyncio.run(waiting_sign_ins(read_settings(chosen.settings))):
        print(f"{each.at:%Y-%m-%d %H:%M} UTC  {each.identity.issuer}  {each.identity.subject}  {each.shown_name}")
    return 0


def _link_sign_in(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.sign_ins import link_sign_in  # noqa: PLC0415 - see above
    from kalenderkoppling.ports.store.identities import Identity  # noqa: PLC0415 - see above

    identity = Identity(issuer=chosen.issuer, subject=chosen.subject)
    asyncio.run(link_sign_in(read_settings(chosen.settings), identity, chosen.person))
    print(f"Linked: this sign-in is {chosen.person} from now on.")
    return 0


def _unlink_sign_in(chosen: argparse.Namespace) -> int:
    from kalenderkoppling.composition.from_settings.calendar import read_settings  # noqa: PLC0415 - see above
    from kalenderkoppling.composition.sign_ins import unlink_sign_in  # noqa: PLC0415 - see above
    from kalenderkoppling.ports.store.identities import Identity  # noqa: PLC0415 - see above

    identity = Identity(issuer=chosen.issuer, subject=chosen.subject)
    asyncio.run(unlink_sign_in(read_settings(chosen.settings), identity))
    print("Unlinked.")
    return 0
