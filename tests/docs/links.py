"""Every relative link of the Markdown pages leads to a file, and every test they name exists.

usage: links.py SOURCE_DIR
"""

import pathlib
import re
import sys

import console


def pages(source):
    return sorted(source.glob("*.md")) + sorted(source.glob("docs/**/*.md")) + sorted(source.glob("demo/*.md"))


def without_code(page):
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", page, flags=re.MULTILINE | re.DOTALL)


def broken_links(page):
    for target in re.findall(r"\]\(([^)#\s]+)", without_code(console.read(page))):
        if "://" not in target and not (page.parent / target).exists():
            yield target


def missing_tests(page, source):
    """A page names a test as `tests/…`: a folder or a file."""
    for target in re.findall(r"`(tests/[\w./-]+)`", console.read(page)):
        if not (source / target).exists():
            yield target


def main():
    source = pathlib.Path(sys.argv[1])
    mistakes = []
    for page in pages(source):
        name = page.relative_to(source)
        mistakes += [f"{name} links to {target}, which does not exist" for target in broken_links(page)]
        mistakes += [f"{name} names {target}, which does not exist" for target in missing_tests(page, source)]
    print("\n".join(mistakes))
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
