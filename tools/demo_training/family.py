"""What the kinds of model that are trained here differ in. Letters in shapes as in batches.py and network.py."""

import abc
import pathlib

import numpy as np
import torch
from PIL import Image

from . import questions
from .batches import Batch
from .network import Seen
from .scenes import Scene
from .stages import Stage


class Family(abc.ABC):
    name: str  # of the folder under demo/
    sizes: tuple[tuple[int, int], ...]  # height and width of the scenes it is trained and measured on, in pixels
    patches_on_side: int  # of a cell, which is one picture token of the language model
    kinds: tuple[str, ...]  # of the questions it is trained on
    stages: tuple[Stage, ...]
    image_token: str
    before_answer: str  # what stands between the end of the prompt and the answer
    chat_template: pathlib.Path
    tower_modules: tuple[str, ...]  # what their parameters' names begin with

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
    def picture_positions(self, begin: int, grid: tuple[int, int]) -> tuple[np.ndarray, int]:
        """Rotary positions [axes, n] of the cells behind `begin` tokens, and the position of the token after them."""

    @abc.abstractmethod
    def train_tokenizer(self, seed: int):
        """A fast tokenizer of transformers, with the chat template."""

    @abc.abstractmethod
    def fresh_model(self, tokenizer):
        """A model of transformers with random weights, whose attention modules write their weights out ("eager")."""

    @abc.abstractmethod
    def see(self, model, batch: Batch) -> Seen:
        """The vision tower's pass."""

    @abc.abstractmethod
    def picture_inputs(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        """uint8 [1, height, width, 3], as `shown` gives it, in the arguments of the model of transformers."""

    @abc.abstractmethod
    def save_processor(self, tokenizer, folder: pathlib.Path) -> None:
        """Writes the configuration of the image processor, and of the processor where the family has one."""

    @abc.abstractmethod
    def read_picture(self, folder: pathlib.Path, picture: Image.Image) -> tuple[dict, tuple[int, int]]:
        """The picture as the saved processor of transformers prepares it, and its grid of cells."""
