"""What a tower must make visible of a picture, asked by linear readers that exist in training only.

Letters in shapes as in batches.py; D is a width.
"""

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import batches, shapes
from .batches import IGNORE, Batch

GROUND_WEIGHT = 0.1  # of a cell that shows no shape: most do not


@dataclasses.dataclass
class Seen:
    cells: Tensor  # [B, n, D]: what the tower gives to whatever reads it
    blocks: list[Tensor]  # [B, p, D] after each block, the patches only


class PictureHeads(nn.Module):
    def __init__(self, vision_width: int, width: int):
        super().__init__()
        self.cell_shape = nn.Linear(width, len(shapes.KINDS) + 1)
        self.cell_color = nn.Linear(width, len(shapes.COLORS) + 1)
        self.first_mask = nn.Linear(vision_width, batches.MASK**2)
        self.second_mask = nn.Linear(vision_width, batches.MASK**2)
        self.patch_shape = nn.Linear(vision_width, len(shapes.KINDS) + 1)


def weighted(names) -> Tensor:
    return torch.tensor([GROUND_WEIGHT] + [1.0] * len(names))


def losses(heads: PictureHeads, seen: Seen, batch: Batch) -> dict[str, Tensor]:
    """Cells show shape and colour, patches the shape after the last block and object pixels after the first two."""
    patches_in_cell = seen.blocks[-1].shape[1] // batch.cells
    patch_shape = batch.cell_shape.repeat_interleave(patches_in_cell, 1)
    mask = F.binary_cross_entropy_with_logits
    return {
        "shape": F.cross_entropy(heads.cell_shape(seen.cells).float().flatten(0, 1), batch.cell_shape.flatten(),
                                 weighted(shapes.KINDS), ignore_index=IGNORE),
        "color": F.cross_entropy(heads.cell_color(seen.cells).float().flatten(0, 1), batch.cell_color.flatten(),
                                 weighted(shapes.COLORS), ignore_index=IGNORE),
        "mask": mask(heads.first_mask(seen.blocks[0]).float(), batch.object_mask)
        + mask(heads.second_mask(seen.blocks[1]).float(), batch.object_mask),
        "patch": F.cross_entropy(heads.patch_shape(seen.blocks[-1]).float().flatten(0, 1), patch_shape.flatten(),
                                 weighted(shapes.KINDS), ignore_index=IGNORE) / 2,
    }


def quadrants(grid: tuple[int, int]) -> Tensor:
    """int64 [n]: 0 top left, 1 top right, 2 bottom left, 3 bottom right; IGNORE on a middle row or column."""
    y, x = (torch.arange(length) * 2 + 1 - length for length in grid)  # twice the distance from the middle, in cells
    label = 2 * (y > 0).long()[:, None] + (x > 0).long()
    return label.masked_fill((y == 0)[:, None] | (x == 0), IGNORE).flatten()


def place(quadrant_head: nn.Module, cells: Tensor, grid: tuple[int, int]) -> Tensor:
    """How badly the quadrants of the cells [.., n, D] are told."""
    label = quadrants(grid).repeat(len(cells))
    return F.cross_entropy(quadrant_head(cells).float().flatten(0, 1), label, ignore_index=IGNORE)
