"""Batches of scenes with questions, as tensors. Batch number n of a stage depends on seed, stage and n only.

Letters in shapes: B scenes, n cells of a scene's grid in raster order, p patches in the order of the image processor.
"""

import dataclasses
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from . import backgrounds, questions, scenes, shapes
from .scenes import Scene
from .stages import Stage

IGNORE = -100  # the label of a token or cell that the loss leaves out
OBJECT_SHARE, GROUND_SHARE = 0.25, 0.05  # of a cell: covered at least so much, at most so much
MASK = 7  # the object mask of a patch has 7 × 7 places


@dataclasses.dataclass
class Batch:
    grid: tuple[int, int]  # rows and columns of cells
    pixels: torch.Tensor  # uint8 [B, height, width, 3]
    object_mask: torch.Tensor  # float [B, p, 49]: how much of each place of each patch is a shape
    cell_shape: torch.Tensor  # int64 [B, n]: 0 the ground, 1.. the kind of the shape in the cell, or IGNORE
    cell_color: torch.Tensor  # int64 [B, n]
    text: Any  # what the packer made of the questions; None without a packer

    @property
    def cells(self) -> int:
        return self.grid[0] * self.grid[1]


def cells_in_box(box: tuple[int, int, int, int], size: tuple[int, int], grid: tuple[int, int]) -> np.ndarray:
    """bool [n]: the cells whose centre is in the box, in a picture of `size` (width, height)."""
    x0, y0, x1, y1 = box
    y, x = (np.indices(grid) + 0.5).reshape(2, -1)
    y, x = y * size[1] / grid[0], x * size[0] / grid[1]
    return (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)


def object_mask(scene: Scene, grid: tuple[int, int], patches_on_side: int) -> np.ndarray:
    """float32 [p, 49]"""
    rows, columns = grid
    places = patches_on_side * MASK  # on a side of a cell
    covered = Image.fromarray((scene.labels > 0).astype(np.float32))
    covered = np.asarray(covered.resize((columns * places, rows * places), Image.Resampling.BOX))
    by_cell_and_patch = covered.reshape(rows, patches_on_side, MASK, columns, patches_on_side, MASK)
    return by_cell_and_patch.transpose(0, 3, 1, 4, 2, 5).reshape(-1, MASK * MASK)


def cell_labels(scene: Scene, grid: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which kind and which colour each cell shows."""
    rows, columns = grid
    width, height = scene.size
    owner = scene.labels.reshape(rows, height // rows, columns, width // columns)
    share = np.stack([(owner == i + 1).mean((1, 3)).ravel() for i in range(len(scene.shapes))])
    most, best = share.max(0), share.argmax(0)
    both = []
    for name, names in (("kind", shapes.KINDS), ("color", list(shapes.COLORS))):
        label = np.array([names.index(getattr(shape, name)) + 1 for shape in scene.shapes])[best]
        label[most < OBJECT_SHARE] = IGNORE
        label[most < GROUND_SHARE] = 0
        both.append(label)
    return both[0], both[1]


def number(names: tuple[str, ...], name: str | None) -> int:
    """The label of what a question names."""
    return IGNORE if name is None else names.index(name)


class Packer(Protocol):
    """Turns questions about scenes into the tensors that a kind of model reads."""

    def pack(self, drawn: list[Scene], asked: list[list[questions.Question]], grid: tuple[int, int]) -> Any: ...


class Batches(Dataset):
    """The batches of a stage; without a packer, no text."""

    def __init__(self, family, seed: int, stage: Stage, packer: Packer | None):
        self.family, self.seed, self.stage, self.packer = family, seed, stage, packer

    def __len__(self) -> int:
        return self.stage.steps

    def __getitem__(self, index: int) -> Batch:
        stage = self.stage
        rng = np.random.default_rng([self.seed, stage.number, index])
        height, width = self.family.sizes[rng.integers(len(self.family.sizes))]
        grid = self.family.grid(height, width)
        drawn = [scenes.draw(rng, height, width, stage.shapes[rng.integers(len(stage.shapes))], backgrounds.TRAINING)
                 for _ in range(stage.scenes)]
        labels = [cell_labels(scene, grid) for scene in drawn]
        mask = np.stack([object_mask(scene, grid, self.family.patches_on_side) for scene in drawn])
        text = None
        if self.packer:
            text = self.packer.pack(drawn, [self.family.ask(rng, scene, stage) for scene in drawn], grid)
        return Batch(
            grid,
            torch.from_numpy(np.stack([self.family.shown(scene.pixels) for scene in drawn])),
            torch.from_numpy(mask),
            torch.from_numpy(np.stack([kind for kind, _ in labels])),
            torch.from_numpy(np.stack([color for _, color in labels])),
            text,
        )
