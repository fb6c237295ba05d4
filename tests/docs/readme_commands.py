"""Runs every command of README.md in a folder like a fresh clone, in the order of the page.

usage: readme_commands.py SOURCE_DIR BUILD_DIR SCRATCH_DIR
"""

import pathlib
import sys

import console

# These would start the tests again.
NOT_HERE = {"make demo", "make test"}


def main():
    source, build, scratch = map(pathlib.Path, sys.argv[1:])
    environment = console.clone(source, build, scratch, ["demo", "sdk"])
    commands = console.commands(console.read(source / "README.md"))
    named = {command for command, _ in commands}
    mistakes = [f"README.md no longer says: $ {command}\n" for command in sorted(NOT_HERE - named)]
    if len(named - NOT_HERE) < 10:
        mistakes.append("README.md has hardly a command left: are its blocks still ```console?\n")
    for command, said in commands:
        if command not in NOT_HERE:
            mistakes.append(console.run(command, said, scratch, environment))
    mistakes = [mistake for mistake in mistakes if mistake]
    print("\n".join(mistakes), end="")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
