#!/bin/sh
# Writes requirements/*.lock anew: names, versions and hashes, never an address.
# Versions that a lock already holds stay unless UPGRADE=1.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

compile() { # compile NAME ARGUMENTS...
    name=$1
    shift
    echo "requirements/$name.lock"
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} \
        "$@" --output-file "requirements/$name.lock"
}

# `test` is what development lives in; the others agree with it.
compile test --extra scenarios --group test pyproject.toml
compile run --extra scenarios --constraints requirements/test.lock pyproject.toml
compile peers --group peers --constraints requirements/test.lock
compile build --group build --constraints requirements/test.lock
compile sources --group sources
compile sbom --group sbom
