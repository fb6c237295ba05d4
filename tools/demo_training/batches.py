"""Batches of scenes with questions, as tensors. Batch number n of a stage depends on seed, stage and n only.

Letters in shapes: B scenes, n cells of a scene's grid in raster order, T tokens, Q questions, R answer tokens about a
shape.
"""

import dataclasses

import numpy as np
import torch
from torch.utils.data import Dataset

from . import backgrounds, questions, scenes, shapes
from .scenes import CELL, GRIDS, Scene

IGNORE = -100  # the label of a token or cell that the loss leaves out
OBJECT_SHARE, GROUND_SHARE = 0.25, 0.05  # of a cell: covered at least so much, at most so much
MASK = 7  # the object mask of a patch has 7 × 7 places of 2 × 2 pixels


@dataclasses.dataclass
class Text:
    """One sequence a scene: the picture, then its questions, which see the picture but not each other."""

    image_begin: int  # position of the picture's first token
    ids: torch.Tensor  # int64 [B, T]
    segment: torch.Tensor  # int64 [B, T]: 0 what all questions share, 1.. the question, -1 padding
    position: torch.Tensor  # int64 [3, B, T]: time, row, column
    target: torch.Tensor  # int64 [B, T]: the next token where it belongs to an answer, or IGNORE
    kind: torch.Tensor  # int64 [B, T]: index into questions.KINDS
    pointing: torch.Tensor  # int64 [R, 2]: scene and position of the rows that produce a token about a shape
    in_box: torch.Tensor  # bool [R, n]: the cells whose centre is in the box of that shape
    asking: torch.Tensor  # int64 [Q, 4] a question: scene, position of the row that begins the answer, and the shape
    #                       and the colour that the prompt names, or IGNORE


@dataclasses.dataclass
class Batch:
    grid: tuple[int, int]  # rows and columns of cells
    pixels: torch.Tensor  # uint8 [B, height, width, 3]
    object_mask: torch.Tensor  # float [B, 4n, 49]: how much of each place of each patch is a shape, patch order
    cell_shape: torch.Tensor  # int64 [B, n]: 0 the ground, 1.. the kind of the shape in the cell, or IGNORE
    cell_color: torch.Tensor  # int64 [B, n]
    text: Text | None

    @property
    def cells(self) -> int:
        return self.grid[0] * self.grid[1]


def cells_in_box(box: tuple[int, int, int, int], grid: tuple[int, int]) -> np.ndarray:
    """bool [n]: the cells whose centre is in the box."""
    x0, y0, x1, y1 = box
    y, x = ((np.indices(grid) + 0.5) * CELL).reshape(2, -1)
    return (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)


def by_patch(picture: np.ndarray, grid: tuple[int, int], side: int) -> np.ndarray:
    """[height, width] → [4n, side * side] in the order of the image processor: by cell, then by patch in it."""
    rows, columns = grid
    return picture.reshape(rows, 2, side, columns, 2, side).transpose(0, 3, 1, 4, 2, 5).reshape(-1, side * side)


def cell_labels(scene: Scene, grid: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which kind and which colour each cell shows."""
    rows, columns = grid
    owner = scene.labels.reshape(rows, CELL, columns, CELL)
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
    return IGNORE if name is None else names.index(name)


class Packer:
    """Turns questions into sequences, in the words of the chat template."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.known: dict[str, list[int]] = {}
        # The template around a question is the same for all: rendered once, cut where picture and question stand.
        rendered = tokenizer.apply_chat_template(
            [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "\0"}]}],
            tokenize=False, add_generation_prompt=True)
        before, rest = rendered.split("<|image_pad|>")
        between, after = rest.split("\0")
        self.before, self.between, self.after = self.encode(before), self.encode(between), self.encode(after)
        self.image = tokenizer.convert_tokens_to_ids("<|image_pad|>")
        self.padding = tokenizer.pad_token_id
        self.end = tokenizer.eos_token_id

    def encode(self, text: str) -> list[int]:
        if text not in self.known:
            self.known[text] = self.tokenizer(text, add_special_tokens=False).input_ids
        return self.known[text]

    def pack(self, drawn: list[Scene], asked: list[list[questions.Question]], grid: tuple[int, int]) -> Text:
        cells, begin = grid[0] * grid[1], len(self.before)
        shared = self.before + [self.image] * cells + self.between
        after_image = begin + max(grid)  # the first text position behind the picture
        shared_positions = [*range(begin), *[0] * cells, *range(after_image, after_image + len(self.between))]
        rows, pointing, in_box, asking = [], [], [], []
        for b, (scene, of_scene) in enumerate(zip(drawn, asked)):
            ids, segment, position = list(shared), [0] * len(shared), list(shared_positions)
            target, kind = [IGNORE] * len(ids), [-1] * len(ids)
            for s, question in enumerate(of_scene):
                prompt = self.encode(question.prompt) + self.after
                answer = []
                first_row = len(ids) + len(prompt) - 1  # the row that produces the answer's first token
                asking.append((b, first_row, number(shapes.KINDS, question.asked_shape),
                               number(tuple(shapes.COLORS), question.asked_color)))
                for text, subject in question.pieces:
                    piece = self.encode(text)
                    if subject is not None:
                        inside = cells_in_box(shapes.box(scene.shapes[subject]), grid)
                        for row in range(first_row + len(answer), first_row + len(answer) + len(piece)):
                            pointing.append((b, row))
                            in_box.append(inside)
                    answer += piece
                length = len(prompt) + len(answer)
                ids += prompt + answer
                target += [IGNORE] * (len(prompt) - 1) + answer + [self.end]
                segment += [s + 1] * length
                kind += [questions.KINDS.index(question.kind)] * length
                position += range(shared_positions[-1] + 1, shared_positions[-1] + 1 + length)
            rows.append((ids, segment, position, target, kind))
        longest = max(len(row[0]) for row in rows)
        padded = [
            torch.tensor([row[i] + [fill] * (longest - len(row[i])) for row in rows])
            for i, fill in enumerate((self.padding, -1, 0, IGNORE, -1))
        ]
        ids, segment, position, target, kind = padded
        position = position.repeat(3, 1, 1)
        y, x = np.indices(grid).reshape(2, -1)
        for axis, offset in enumerate((np.zeros(cells), y, x)):
            position[axis, :, begin:begin + cells] = torch.from_numpy(begin + offset).long()
        return Text(begin, ids, segment, position, target, kind, torch.tensor(pointing),
                    torch.from_numpy(np.stack(in_box)), torch.tensor(asking))


class Batches(Dataset):
    """`count` batches of `size` scenes of as many shapes as a random item of `shapes`; without a packer, no text."""

    def __init__(self, seed: int, stage: int, count: int, size: int, shapes: tuple[int, ...], packer: Packer | None):
        self.seed, self.stage, self.count, self.size = seed, stage, count, size
        self.shapes, self.packer = shapes, packer

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Batch:
        rng = np.random.default_rng([self.seed, self.stage, index])
        grid = GRIDS[rng.integers(len(GRIDS))]
        drawn = [scenes.draw(rng, grid, self.shapes[rng.integers(len(self.shapes))], backgrounds.TRAINING)
                 for _ in range(self.size)]
        labels = [cell_labels(scene, grid) for scene in drawn]
        side = 2 * MASK
        mask = np.stack([by_patch(scene.labels > 0, grid, side) for scene in drawn]).astype(np.float32)
        mask = mask.reshape(self.size, -1, MASK, 2, MASK, 2).mean((3, 5)).reshape(self.size, -1, MASK * MASK)
        text = None
        if self.packer:
            text = self.packer.pack(drawn, [questions.one_of_each(rng, scene) for scene in drawn], grid)
        return Batch(
            grid,
            torch.from_numpy(np.stack([scene.pixels for scene in drawn])),
            torch.from_numpy(mask),
            torch.from_numpy(np.stack([kind for kind, _ in labels])),
            torch.from_numpy(np.stack([color for _, color in labels])),
            text,
        )
