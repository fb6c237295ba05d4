"""Questions about scenes as tensors. Letters in shapes: S questions of all scenes, M tokens of the longest, n cells."""

import dataclasses

import numpy as np
import torch
from torch import Tensor

from .. import questions, shapes
from ..batches import cells_in_box, number
from ..scenes import Scene
from .wording import MOST_TOKENS, clean

PLACES = ("top left", "top right", "bottom left", "bottom right")
ANSWERS = (*shapes.COLORS, *shapes.KINDS, *PLACES, "Yes", "No", "True", "False")


@dataclasses.dataclass
class Asked:
    """As many questions about each scene, scene after scene."""

    scene: Tensor  # int64 [S]
    ids: Tensor  # int64 [S, M]
    known: Tensor  # bool [S, M]: no padding
    kind: Tensor  # int64 [S]: index into the family's kinds of question
    answer: Tensor  # int64 [S]: index into ANSWERS
    shape: Tensor  # int64 [S]: that the question names, or IGNORE
    color: Tensor  # int64 [S]
    pointing: Tensor  # int64 [R]: the questions about a shape that is there
    in_box: Tensor  # bool [R, n]: the cells whose centre is in the box of that shape


class QuestionPacker:
    def __init__(self, family, tokenizer):
        self.kinds, self.tokenizer = family.kinds, tokenizer

    def pack(self, drawn: list[Scene], asked: list[list[questions.Question]], grid: tuple[int, int]) -> Asked:
        pairs = [(b, question) for b, of_scene in enumerate(asked) for question in of_scene]
        packed = self.tokenizer([clean(question.prompt) for _, question in pairs], padding=True, truncation=True,
                                max_length=MOST_TOKENS, return_tensors="pt")
        about = [(s, drawn[b], question.subject) for s, (b, question) in enumerate(pairs)
                 if question.subject is not None]
        in_box = [cells_in_box(shapes.box(scene.shapes[i]), scene.size, grid) for _, scene, i in about]

        def column(values) -> Tensor:
            return torch.tensor(list(values))

        return Asked(
            scene=column(b for b, _ in pairs),
            ids=packed.input_ids,
            known=packed.attention_mask.bool(),
            kind=column(self.kinds.index(question.kind) for _, question in pairs),
            answer=column(ANSWERS.index(question.solution) for _, question in pairs),
            shape=column(number(shapes.KINDS, question.asked_shape) for _, question in pairs),
            color=column(number(tuple(shapes.COLORS), question.asked_color) for _, question in pairs),
            pointing=column(s for s, _, _ in about),
            in_box=torch.from_numpy(np.stack(in_box)),
        )
