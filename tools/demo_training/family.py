"""What training and measuring need of a kind of model. Letters in shapes as in batches.py."""

import abc
import pathlib
from collections.abc import Callable

import numpy as np
from torch import Tensor, nn

from . import questions
from .batches import Batch, Packer
from .scenes import Scene
from .stages import Stage

Parts = tuple[Tensor, dict[str, Tensor]]  # a loss, and what is printed of it


class Family(abc.ABC):
    name: str  # of the folder under demo/
    sizes: tuple[tuple[int, int], ...]  # height and width of the scenes it is trained and measured on, in pixels
    patches_on_side: int  # of a cell of the maps
    kinds: tuple[str, ...]  # of the questions it is trained on
    stages: tuple[Stage, ...]

    @abc.abstractmethod
    def grid(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of cells of a picture of that size."""

    @abc.abstractmethod
    def ask(self, rng: np.random.Generator, scene: Scene, stage: Stage) -> list[questions.Question]:
        """The questions of one scene of a batch."""

    @abc.abstractmethod
    def shown(self, picture: np.ndarray) -> np.ndarray:
        """uint8 [height, width, 3]: the picture as the image processor leaves it, but for the normalisation."""

    @abc.abstractmethod
    def train_tokenizer(self, seed: int):
        """A fast tokenizer of transformers."""

    @abc.abstractmethod
    def packer(self, tokenizer) -> Packer: ...

    @abc.abstractmethod
    def fresh_model(self, tokenizer) -> nn.Module:
        """With random weights."""

    @abc.abstractmethod
    def fresh_heads(self, model: nn.Module) -> nn.Module:
        """Readers that exist in training only, with random weights."""

    @abc.abstractmethod
    def check(self, model: nn.Module, batch: Batch) -> None:
        """Raises where the passes of training compute something else than the reference."""

    @abc.abstractmethod
    def trains(self, stage: Stage, name: str) -> bool:
        """Whether the stage trains the model's parameter of that name; it trains all of the heads'."""

    @abc.abstractmethod
    def loss(self, stage: Stage) -> Callable[[nn.Module, nn.Module, Batch], Parts]:
        """Of model, heads and batch."""

    @abc.abstractmethod
    def save(self, model: nn.Module, tokenizer, folder: pathlib.Path) -> None:
        """Writes the checkpoint. Weights are rounded to bfloat16 here: `model` is changed."""

    @abc.abstractmethod
    def evaluate(self, folder: pathlib.Path, data_set: pathlib.Path) -> None:
        """Prints what the checkpoint in the folder reaches."""
