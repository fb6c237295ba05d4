"""What the models that write their answers have in common. Letters in shapes as in sequences.py."""

import abc
import functools
import pathlib

import numpy as np
from PIL import Image
from torch import Tensor, nn

from .. import visible
from ..batches import IGNORE, Batch
from ..family import Family, Parts
from ..stages import JOINT, REFINE, TOWER, Stage
from ..visible import Seen
from . import checkpoint, evaluation, losses, network
from .sequences import Sequences

HEADS_WEIGHT, PLACE_WEIGHT, POINTING_WEIGHT, ASKED_WEIGHT = 0.5, 0.3, 0.3, 0.3  # beside 1 for the answers


class Decoder(Family):
    """Trained in three stages.

    1. tower: the vision tower alone, read by throw-away heads. Without it shapes are not learnt.
    2. joint: everything, with the heads still on, and the attention of one layer supervised with boxes.
    3. refine: the language model on the finished tower, from a lower learning rate, with no scene of a single shape;
       the row that begins an answer is made to know what was asked.
    """

    image_token: str
    before_answer: str  # what stands between the end of the prompt and the answer
    chat_template: pathlib.Path
    tower_modules: tuple[str, ...]  # what their parameters' names begin with

    @abc.abstractmethod
    def picture_positions(self, begin: int, grid: tuple[int, int]) -> tuple[np.ndarray, int]:
        """Rotary positions [axes, n] of the cells behind `begin` tokens, and the position of the token after them."""

    @abc.abstractmethod
    def see(self, model, batch: Batch) -> Seen:
        """The vision tower's pass."""

    @abc.abstractmethod
    def picture_inputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """uint8 [1, height, width, 3], as `shown` gives it, in the arguments of the model of transformers."""

    @abc.abstractmethod
    def save_processor(self, tokenizer, folder: pathlib.Path) -> None:
        """Writes the configuration of the image processor, and of the processor where the family has one."""

    @abc.abstractmethod
    def read_picture(self, folder: pathlib.Path, picture: Image.Image) -> tuple[dict, tuple[int, int]]:
        """The picture as the saved processor of transformers prepares it, and its grid of cells."""

    def packer(self, tokenizer) -> Sequences:
        return Sequences(self, tokenizer)

    def fresh_heads(self, model) -> network.ThrowAwayHeads:
        config = model.config
        return network.ThrowAwayHeads(config.vision_config.hidden_size, config.text_config.hidden_size)

    def check(self, model, batch: Batch) -> None:
        network.check(self, model, batch)

    def trains(self, stage: Stage, name: str) -> bool:
        return stage.name == JOINT or name.startswith(self.tower_modules) == (stage.name == TOWER)

    def loss(self, stage: Stage):
        loss = {TOWER: tower_loss, JOINT: joint_loss, REFINE: refine_loss}[stage.name]
        return functools.partial(loss, self, stage)

    def save(self, model, tokenizer, folder: pathlib.Path) -> None:
        checkpoint.save(self, model, tokenizer, folder)

    def evaluate(self, folder: pathlib.Path, data_set: pathlib.Path) -> None:
        evaluation.evaluate(self, folder, data_set)


def tower_loss(family: Decoder, stage: Stage, model, heads: nn.Module, batch: Batch) -> Parts:
    parts = visible.losses(heads, family.see(model, batch), batch)
    return sum(parts.values()), parts


def answer_loss(family: Decoder, stage: Stage, model, heads: nn.Module, batch: Batch, seen: Seen):
    """Without what only one stage asks for: the loss, what was read, and what is printed."""
    read = network.read(model, batch, seen)
    logits = model.lm_head(read.hidden[batch.text.target != IGNORE])
    parts = {
        "answers": losses.answers(logits, batch, stage.questions_alike),
        "place": visible.place(heads.quadrant, read.placed, batch.grid),
        "pointing": losses.pointing(read, batch),
    }
    total = parts["answers"] + PLACE_WEIGHT * parts["place"] + POINTING_WEIGHT * parts["pointing"]
    accuracy = losses.token_accuracy(logits, batch, family.kinds)
    return total, read, parts | {f"{kind}%": 100 * share for kind, share in accuracy.items()}


def joint_loss(family: Decoder, stage: Stage, model, heads: nn.Module, batch: Batch) -> Parts:
    seen = family.see(model, batch)
    total, _, shown = answer_loss(family, stage, model, heads, batch, seen)
    parts = visible.losses(heads, seen, batch)
    return total + HEADS_WEIGHT * sum(parts.values()), shown | parts


def refine_loss(family: Decoder, stage: Stage, model, heads: nn.Module, batch: Batch) -> Parts:
    total, read, shown = answer_loss(family, stage, model, heads, batch, family.see(model, batch))
    asked = losses.asked(heads, read, batch)
    return total + ASKED_WEIGHT * asked, shown | {"asked": asked}
