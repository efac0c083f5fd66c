"""Make the project ready to run here: Debian packages, virtual environment, npm packages.

Usage: python3 tools/set_up.py [alerts] [browser] [caller] [peers] [telephony]

Without a word it prepares what every target needs. `alerts` adds Prometheus' program that checks
alert rules, `browser` Chromium for the browser tests,
`caller` the SIP caller, `peers` the heavy clients written elsewhere that tests and bench compare
with, `telephony` the caller, the speech program, the SIP proxy and the media relay that calls are
tested with. What is already there, and of the versions that the lock files name, is left alone.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCKS = ROOT / "requirements"
WORKSHOP = ROOT / ".check"
NODE_MODULES = ROOT / "node_modules"
UNPACKED = WORKSHOP / "debian"
VENDOR = ROOT / "src/kalenderkoppling/surfaces/web/static/vendor"

# What the pages are served with, from the npm packages that package-lock.json pins.
VENDORED = ("htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.js")

# A company's own certificate authority (an inspecting proxy) is known to the system, not to each tool's bundle.
SYSTEM_TRUST = Path("/etc/ssl/certs/ca-certificates.crt")
TRUST_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")

# Daemons are unpacked with the libraries that they need, not installed: Debian starts an installed daemon at once, and
# it would hold the ports of this machine (5060 of SIP, 2223 and 2225 of rtpengine's control).
DAEMON_PACKAGES = ("kamailio", "kamailio-tls-modules", "rtpengine-daemon")

# Only its program promtool is used, which needs nothing else.
ALERTS_PACKAGE = "prometheus"

OLDEST_PYTHON = (3, 11)
PARTS = ("alerts", "browser", "caller", "peers", "telephony")

CALLER = {"sipp": "sip-tester"}
SPEAKER = {"espeak-ng": "espeak-ng"}


class CannotSetUp(Exception):
    """Something is missing that only the user can provide; the message says what."""


def main(wanted: Sequence[str]) -> int:
    """Prepare the checkout; return the exit status."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"set-up: unknown part {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        refuse_old_python()
        with one_at_a_time():
            prepare(wanted)
    except CannotSetUp as problem:
        print(f"set-up: {problem}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failure:
        print(f"set-up: `{' '.join(map(str, failure.cmd))}` failed (see above)", file=sys.stderr)
        return 1
    return 0


def prepare(wanted: Sequence[str]) -> None:
    if "browser" in wanted:
        install_debian(missing_for_browser())
    if "caller" in wanted:
        install_debian(missing(CALLER))
    if "telephony" in wanted:
        install_debian(missing(CALLER | SPEAKER))
        unpack_daemons()
    if "alerts" in wanted:
        unpack_promtool()
    prepare_environment()
    prepare_scripts()
    if "peers" in wanted:
        prepare_peers()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Lock, so that two targets of one `make -j`, or two terminals, wait for each other."""
    WORKSHOP.mkdir(exist_ok=True)
    with (WORKSHOP / "set-up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def refuse_old_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        advice = f"Python {sys.version.split()[0]} is too old: use `make PYTHON=python3.11 …`"
        raise CannotSetUp(advice)


# ── Debian packages ─────────────────────────────────────────────────────────────────────────────


def missing_for_browser() -> list[str]:
    """Debian packages that the browser tests still need."""
    missing = []
    if shutil.which("chromium") is None:
        missing.append("chromium")
    if not has_library("libatomic.so.1"):
        missing.append("libatomic1")
    if not Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists():
        missing.append("fonts-dejavu-core")
    return missing


def missing(programs: Mapping[str, str]) -> list[str]:
    """Debian packages whose programs are missing."""
    return [package for program, package in programs.items() if shutil.which(program) is None]


def unpack_daemons() -> None:
    """Unpack Debian's Kamailio and rtpengine below .check, where tests start them, unless they are installed."""
    if has_daemons(Path("/usr")) or has_daemons(UNPACKED / "usr"):
        return
    if shutil.which("apt-get") is None:
        advice = f"install {', '.join(DAEMON_PACKAGES)} (Kamailio with its TLS module, rtpengine), then try again"
        raise CannotSetUp(advice)
    say(f"Debian packages {' '.join(DAEMON_PACKAGES)}, unpacked")
    refresh_lists()
    unpack([*DAEMON_PACKAGES, *missing_libraries(DAEMON_PACKAGES)])


def unpack_promtool() -> None:
    """Unpack Debian's Prometheus below .check, whose promtool checks the alert rules, unless it is installed."""
    if shutil.which("promtool") or (UNPACKED / "usr/bin/promtool").exists():
        return
    if shutil.which("apt-get") is None:
        raise CannotSetUp(f"install {ALERTS_PACKAGE} (for promtool), then try again")
    say(f"Debian package {ALERTS_PACKAGE}, unpacked")
    refresh_lists()
    unpack([ALERTS_PACKAGE])


def unpack(packages: Iterable[str]) -> None:
    """Download Debian packages and unpack them below .check."""
    UNPACKED.mkdir(parents=True, exist_ok=True)
    # The sandbox user of apt cannot write into a checkout that belongs to root.
    as_ourselves = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    run(["apt-get", "download", "--quiet=2", *as_ourselves, *sorted(set(packages))], folder=UNPACKED)
    for package in sorted(UNPACKED.glob("*.deb")):
        run(["dpkg", "-x", package, UNPACKED])
        package.unlink()


def missing_libraries(packages: Sequence[str]) -> list[str]:
    """Packages that would be installed, or replaced by a newer version, together with some."""
    command = ["apt-get", "install", "--simulate", "--no-install-recommends", "--quiet=2", *packages]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split()[1] for line in told.splitlines() if line.startswith("Inst ")]


def has_daemons(below: Path) -> bool:
    has_proxy = (below / "sbin/kamailio").exists() and any(below.glob("lib/*-linux-gnu/kamailio/modules/tls.so"))
    return has_proxy and any((below / folder / "rtpengine").exists() for folder in ("bin", "sbin"))


def refresh_lists() -> None:
    """Update the package lists, where this user may; outdated lists often work too."""
    prefix = right_to_install()
    if prefix is not None:
        run([*prefix, "apt-get", "update", "--quiet=2"])


def has_library(name: str) -> bool:
    return any((folder / name).exists() for folder in Path("/usr/lib").glob("*-linux-gnu"))


def missing_for_venv() -> list[str]:
    """Debian splits the standard library's venv off into a package of its own."""
    has_venv = importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")
    return [] if has_venv else ["python3-venv"]


def install_debian(packages: Sequence[str]) -> None:
    """Install Debian packages where that is allowed.

    Raises:
        CannotSetUp: names the command that somebody with the right to must run.
    """
    if not packages:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    prefix = right_to_install()
    if prefix is None:
        advice = f"run this, then try again:\n\n    sudo {' '.join(command)}\n"
        raise CannotSetUp(advice)
    say(f"Debian packages {' '.join(packages)}")
    refresh_lists()
    run([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *command, "--quiet=2"])


def right_to_install() -> list[str] | None:
    """The prefix of apt-get (sudo or nothing), or None where this user may not install."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


# ── the virtual environment ─────────────────────────────────────────────────────────────────────


def prepare_environment() -> None:
    """Synchronise .venv with test.lock, with the project itself installed from its sources."""
    make_venv()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    state = fingerprint(*(LOCKS / f"{name}.lock" for name in ("build", "sources", "test")), extra=[repr(project)])
    if is_ready("environment", state):
        return
    forget("environment", "peers")
    say("Python packages")
    pip = (PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check")
    run([*pip, "install", "--no-deps", "--require-hashes", "--requirement", LOCKS / "build.lock"])
    # Compiled now: saves seconds at start, also where Python is told to write no byte code.
    built_with = ("--build-constraints", LOCKS / "sources.lock")
    uv("sync", "--compile-bytecode", "--require-hashes", *built_with, LOCKS / "test.lock")
    # The builder comes from the lock, so the build is not isolated: nothing unpinned is fetched.
    uv("install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    remember("environment", state)


def make_venv() -> None:
    """Make .venv; make it again where another Python is asked for or the checkout has moved."""
    state = fingerprint(extra=(sys.version, sys.base_prefix, str(ROOT)))
    if is_ready("venv", state):
        return
    install_debian(missing_for_venv())
    say(f"virtual environment with Python {sys.version.split()[0]}")
    run([sys.executable, "-m", "venv", "--clear", VENV])
    remember("venv", state)


def prepare_peers() -> None:
    """Add the heavy clients to .venv."""
    state = fingerprint(LOCKS / "peers.lock")
    if is_ready("peers", state):
        return
    say("clients written elsewhere, to compare with")
    uv("install", "--no-deps", "--require-hashes", "--requirements", LOCKS / "peers.lock")
    remember("peers", state)


def uv(action: str, *arguments: str | Path) -> None:
    run([UV, "pip", action, "--quiet", "--python", PYTHON, *arguments])


# ── scripts for the browser ─────────────────────────────────────────────────────────────────────


def prepare_scripts() -> None:
    """Fetch the npm packages and copy those that pages load into the package."""
    state = fingerprint(ROOT / "package-lock.json", extra=VENDORED)
    if is_ready("scripts", state) and all((VENDOR / Path(name).name).exists() for name in VENDORED):
        return
    say("npm packages")
    npm = VENV / "bin" / "npm"
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    run([npm, "ci", "--ignore-scripts", "--silent", "--no-fund", "--no-audit"], environment={"PATH": path})
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in VENDORED:
        shutil.copyfile(NODE_MODULES / name, VENDOR / Path(name).name)
    remember("scripts", state)


# ── what was done already ───────────────────────────────────────────────────────────────────────


def fingerprint(*files: Path, extra: Iterable[str] = ()) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    for text in extra:
        digest.update(text.encode())
    return digest.hexdigest()


def mark(part: str) -> Path:
    return VENV / f".ready-{part}"


def is_ready(part: str, state: str) -> bool:
    return mark(part).exists() and mark(part).read_text(encoding="ascii") == state


def remember(part: str, state: str) -> None:
    mark(part).write_text(state, encoding="ascii")


def forget(*parts: str) -> None:
    for part in parts:
        mark(part).unlink(missing_ok=True)


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def run(command: Sequence[str | Path], *, environment: dict[str, str] | None = None, folder: Path = ROOT) -> None:
    subprocess.run(command, check=True, cwd=folder, env=system_trust() | os.environ | (environment or {}))


def system_trust() -> dict[str, str]:
    return dict.fromkeys(TRUST_VARIABLES, str(SYSTEM_TRUST)) if SYSTEM_TRUST.exists() else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
