"""Print the source files that are longer than one reads at a sitting: a hint, no failure.

Usage: python tools/long_files.py
"""

from pathlib import Path

LONG_LINES = 300
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print them, the longest first; nothing where there is none."""
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / "src").rglob("*.py")}
    for file, lines in sorted(lengths.items(), key=lambda each: -each[1]):
        if lines > LONG_LINES:
            print(f"long: {file.relative_to(ROOT)} has {lines} lines; is it one thing?")


if __name__ == "__main__":
    main()
