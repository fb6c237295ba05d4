"""The plugin of docs/writing-a-plugin.md: the page shows the file itself, a stranger's CMake builds it with nothing but
the SDK, the page's commands work, and its numbers are what its formula says.

usage: example_plugin.py SOURCE_DIR BUILD_DIR SCRATCH_DIR
"""

import pathlib
import sys

import console
import numpy

EXAMPLE = "sdk/templates/method"


def shown_as_it_is(page, source):
    for language, file in (("cpp", "head_agreement.cpp"), ("cmake", "CMakeLists.txt")):
        text = console.read(source / EXAMPLE / file)
        if text not in console.blocks(page, language):
            yield f"docs/writing-a-plugin.md does not show {EXAMPLE}/{file} as it is\n"
    if len(console.read(source / EXAMPLE / "head_agreement.cpp").splitlines()) > 40:
        yield "the example is longer than the 40 lines that the page promises\n"


def right_numbers(scratch):
    """exp(mean of log A) over layers and heads of the last row, from the attentions that `tensors` exports."""
    sample = scratch / "out/agreement/samples/landscape-0"
    attentions = numpy.load(sample / "tensors.npz")["attentions"].astype(numpy.float64)  # [layers, heads, T, T]
    ids = numpy.load(sample / "tensors.npz")["input_ids"]
    image_token = numpy.bincount(ids).argmax()  # no other token stands there as often
    row = attentions[:, :, -1, :][:, :, ids == image_token]
    expected = numpy.exp(numpy.log(row).mean(axis=(0, 1)))
    values = numpy.load(sample / "head-agreement.npz")["values"]
    if values.shape != (6, 9):
        yield f"the map is {values.shape} instead of 6 x 9\n"
    elif not numpy.allclose(values.ravel(), expected, rtol=1e-5, atol=0):
        yield f"the map is off its formula by up to {numpy.abs(values.ravel() - expected).max()}\n"


def main():
    source, build, scratch = map(pathlib.Path, sys.argv[1:])
    environment = console.clone(source, build, scratch, ["demo", "sdk"])
    page = console.read(source / "docs/writing-a-plugin.md")
    commands = console.commands(page)
    if not commands:
        print("docs/writing-a-plugin.md has no command left: are its blocks still ```console?")
        return 1
    mistakes = list(shown_as_it_is(page, source))
    mistakes += [console.run(command, said, scratch, environment) for command, said in commands]
    mistakes = [mistake for mistake in mistakes if mistake] or list(right_numbers(scratch))
    print("\n".join(mistakes), end="")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
