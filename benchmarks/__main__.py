"""Runs every benchmark in turn, each in a process of its own: python -m benchmarks [--quick] [ask build ledger parse_pdf chunk filters]."""

import argparse
import subprocess
import sys
import time

QUICK = {
    "ask": ["--rounds", "1"],
    "build": ["--asks", "500", "--chunks", "2000", "--megabytes", "10"],
    "ledger": ["--entries", "20000", "--asks", "5000", "--chunks", "500"],
    "parse_pdf": [],
    "chunk": ["--seconds", "1"],
    "filters": ["--rows", "5000"],
}
"""Options of a short run: the figures are the same in kind, and less steady."""


def main() -> int:
    """Prints each benchmark's own lines under its name; the exit code is that of the first that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(QUICK)}; none: all")
    parser.add_argument("--quick", action="store_true", help="a short run of each")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(QUICK)):
        parser.error(f"there is no benchmark named {unknown[0]!r}: choose from {', '.join(QUICK)}")
    codes = [run(name, QUICK[name] if options.quick else []) for name in options.names or QUICK]
    return next((code for code in codes if code), 0)


def run(name: str, flags: list[str]) -> int:
    """One benchmark, and how long it took as a whole."""
    print(f"== {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *flags], check=False).returncode
    print(f"   {time.monotonic() - began:.0f} s\n" if not code else f"   failed with exit code {code}\n", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
