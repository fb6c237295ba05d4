"""Reads the commands of a Markdown page and runs them.

In a ```console block a line that begins with `$ ` is a command; the lines below it are what it prints. There, a line
`...` stands for any number of lines, and `...` within a line for any text. A command without lines below it may print
anything.
"""

import os
import pathlib
import re
import shutil
import subprocess


def blocks(page, language):
    """The contents of the page's code blocks of that language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def commands(page):
    """[(command, lines it is said to print)]."""
    found = []
    for block in blocks(page, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(said, printed):
    """Whether what was printed is what the page says."""
    pattern = ""
    for line in said:
        if line == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += re.escape(line).replace(re.escape("..."), ".*") + "\n"
    return re.fullmatch(pattern, printed) is not None


def clone(source, build, scratch, folders):
    """Makes `scratch` look like a fresh clone after `make build`: `build` and the named folders are in it.

    Returns the environment for commands there: no plugins and no cache of the user's.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for folder in folders:
        (scratch / folder).symlink_to(source / folder)
    (scratch / "build").symlink_to(build)
    environment = {name: value for name, value in os.environ.items() if name != "OCELLUS_PLUGIN_PATH"}
    environment["XDG_CACHE_HOME"] = environment["XDG_DATA_HOME"] = str(scratch / ".user")
    return environment


def run(command, said, folder, environment):
    """"" if the command ends with 0 and prints what is said; else what went wrong."""
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        return f"$ {command}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
    if said and not matches(said, done.stdout):
        page = "\n".join(said)
        return f"$ {command}\nprints\n{done.stdout}but the page says\n{page}\n"
    return ""


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")
