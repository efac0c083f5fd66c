"""Nothing of the machine it was written on, and no address of a package registry, is in the project."""

import json
import re

from kktest.checkout import ROOT, tracked_files

# Put together from pieces, so that this file does not hold what it forbids.
FOREIGN = re.compile(
    "|".join(
        (
            "/" + "work/",
            "/" + "root/",
            "/" + "farm/",
            r"/home/[a-z]+/",
            r"\.py" + "env/",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npm",
            "deb" + r"\.debian\.org",
            "/" + "opt/pypi",
        )
    )
)


def test_no_line_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path}:{number}"
        for path in tracked_files()
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), start=1)
        if FOREIGN.search(line)
    ]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert FOREIGN.search("see /" + "work/main")


def test_python_locks_hold_no_address() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert [lock.name for lock in locks] == [
        "build.lock",
        "peers.lock",
        "run.lock",
        "sbom.lock",
        "sources.lock",
        "test.lock",
    ]
    assert [lock.name for lock in locks if re.search("://|^-", lock.read_text(), re.MULTILINE)] == []


def test_every_locked_python_package_has_its_hash() -> None:
    bare = [
        line
        for lock in sorted((ROOT / "requirements").glob("*.lock"))
        for line in lock.read_text().replace("\\\n", " ").splitlines()
        if line and "--hash=sha256:" not in line
    ]
    assert bare == []


def test_the_locks_agree_with_each_other() -> None:
    pins = [locked(name) for name in ("test", "run", "peers", "build", "sources")]
    differing = {
        package for other in pins[1:] for package in other if other[package] != pins[0].get(package, other[package])
    }
    assert differing == set()


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))


def test_the_script_lock_holds_hashes_and_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []
