"""Runs every command of a page below docs/ in a folder like a fresh clone, in the order of the page.

usage: page_commands.py SOURCE_DIR BUILD_DIR SCRATCH_DIR PAGE
"""

import pathlib
import sys

import console


def main():
    source, build, scratch = map(pathlib.Path, sys.argv[1:4])
    page = sys.argv[4]
    environment = console.clone(source, build, scratch, ["demo"])
    commands = console.commands(console.read(source / page))
    if not commands:
        print(f"{page} has no command left: are its blocks still ```console?")
        return 1
    mistakes = [console.run(command, said, scratch, environment) for command, said in commands]
    print("\n".join(mistake for mistake in mistakes if mistake), end="")
    return 1 if any(mistakes) else 0


if __name__ == "__main__":
    sys.exit(main())
