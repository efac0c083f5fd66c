"""Write the bill of materials of what is shipped: Python packages of run.lock, and scripts that the wheel contains.

Usage: sbom.py FILE

CycloneDX 1.6 as JSON, the same bytes for the same locks; validated against its schema before it is written. It runs in
the virtual environment that `make sbom` makes from requirements/sbom.lock.
"""

import base64
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parent.parent
SPECIFICATION = SchemaVersion.V1_6


def main(file: Path) -> int:
    """Write the file; return the exit status."""
    bill = python_packages()
    components = [*bill["components"], *scripts()]
    bill["components"] = sorted(components, key=lambda each: str(each["bom-ref"]))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bill["metadata"]["component"]["version"] = project["version"]
    text = json.dumps(bill, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SPECIFICATION).validate_str(text)
    if wrong is not None:
        print(f"sbom: the bill does not follow its schema: {wrong}", file=sys.stderr)
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(f"{file}: {len(bill['components'])} components")
    return 0


def python_packages() -> dict[str, Any]:
    """Return the bill of the packages that run.lock pins, with their hashes."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--pyproject", str(ROOT / "pyproject.toml")]
    command += ["--mc-type", "application", "--spec-version", SPECIFICATION.to_version(), "--output-format", "JSON"]
    command += ["--output-reproducible", str(ROOT / "requirements" / "run.lock")]
    bill: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return bill


def scripts() -> Iterator[dict[str, Any]]:
    """Give the scripts for the pages that are copied into the wheel, as package-lock.json pins them."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for name in lock["packages"][""].get("dependencies", {}):
        pinned = lock["packages"][f"node_modules/{name}"]
        algorithm, _, digest = pinned["integrity"].partition("-")
        yield {
            "bom-ref": f"npm-{name}",
            "type": "library",
            "name": name,
            "version": pinned["version"],
            "purl": f"pkg:npm/{name}@{pinned['version']}",
            "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
        }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
