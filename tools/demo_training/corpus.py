"""The sentences that tokenizers learn from: prose of our own, and questions about scenes with their answers."""

import pathlib

import numpy as np

from . import backgrounds, scenes

PROSE = pathlib.Path(__file__).with_name("corpus.txt")
SCENES = 800


def prose() -> list[str]:
    return PROSE.read_text(encoding="utf-8").splitlines()


def of_scenes(seed: int, size: tuple[int, int], ask) -> list[str]:
    """Prompts and solutions of what `ask` asks about scenes of `size` (height, width)."""
    lines = []
    for i in range(SCENES):
        rng = np.random.default_rng([seed, i])
        scene = scenes.draw(rng, *size, 3, (backgrounds.flat,))
        for question in ask(rng, scene):
            lines += [question.prompt, question.solution]
    return lines


def require(learned: int, wanted: int) -> None:
    if learned != wanted:
        raise RuntimeError(f"the corpus is too poor for {wanted} tokens: it gave {learned}")
