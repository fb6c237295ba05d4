"""Batches of scenes with questions, as tensors. Batch number n of a stage depends on seed, stage and n only.

Letters in shapes: B scenes, n cells of a scene's grid in raster order, p patches in the order of the image processor,
T tokens, Q questions, R answer tokens about a shape.
"""

import dataclasses

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from . import backgrounds, mme, questions, scenes, shapes
from .scenes import Scene
from .stages import Stage

IGNORE = -100  # the label of a token or cell that the loss leaves out
OBJECT_SHARE, GROUND_SHARE = 0.25, 0.05  # of a cell: covered at least so much, at most so much
MASK = 7  # the object mask of a patch has 7 × 7 places


@dataclasses.dataclass
class Text:
    """One sequence a scene: the picture, then its questions, which see the picture but not each other."""

    image_begin: int  # position of the picture's first token
    ids: torch.Tensor  # int64 [B, T]
    segment: torch.Tensor  # int64 [B, T]: 0 what all questions share, 1.. the question, -1 padding
    position: torch.Tensor  # int64 [axes, B, T], of the rotary embedding
    target: torch.Tensor  # int64 [B, T]: the next token where it belongs to an answer, or IGNORE
    kind: torch.Tensor  # int64 [B, T]: index into the family's kinds of question
    pointing: torch.Tensor  # int64 [R, 2]: scene and position of the rows that produce a token about a shape
    in_box: torch.Tensor  # bool [R, n]: the cells whose centre is in the box of that shape
    asking: torch.Tensor  # int64 [Q, 5] a question: scene, position of the row that begins the answer, and the shape,
    #                       the colour and the detail (index into mme.DETAILS) that the prompt names, or IGNORE


@dataclasses.dataclass
class Batch:
    grid: tuple[int, int]  # rows and columns of cells
    pixels: torch.Tensor  # uint8 [B, height, width, 3]
    object_mask: torch.Tensor  # float [B, p, 49]: how much of each place of each patch is a shape
    cell_shape: torch.Tensor  # int64 [B, n]: 0 the ground, 1.. the kind of the shape in the cell, or IGNORE
    cell_color: torch.Tensor  # int64 [B, n]
    text: Text | None

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
    return IGNORE if name is None else names.index(name)


class Packer:
    """Turns questions into sequences, in the words of the chat template."""

    def __init__(self, family, tokenizer):
        self.family, self.tokenizer = family, tokenizer
        self.known: dict[str, list[int]] = {}
        # The template around a question is the same for all: rendered once, cut where picture and question stand.
        rendered = tokenizer.apply_chat_template(
            [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "\0"}]}],
            tokenize=False, add_generation_prompt=True)
        before, rest = rendered.split(family.image_token)
        between, after = rest.split("\0")
        self.before = tokenizer(before).input_ids
        self.between, self.after = self.encode(between), self.encode(after)
        self.image = tokenizer.convert_tokens_to_ids(family.image_token)
        self.padding = tokenizer.pad_token_id
        self.end = tokenizer.eos_token_id

    def encode(self, text: str) -> list[int]:
        """Of a text inside of the prompt, where tokenizers of Llama's kind put no space before it."""
        if text not in self.known:
            inside = self.tokenizer(self.family.image_token + text, add_special_tokens=False).input_ids
            self.known[text] = inside[1:]
        return self.known[text]

    def pack(self, drawn: list[Scene], asked: list[list[questions.Question]], grid: tuple[int, int]) -> Text:
        cells, begin = grid[0] * grid[1], len(self.before)
        shared = self.before + [self.image] * cells + self.between
        in_picture, after_image = self.family.picture_positions(begin, grid)
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
                               number(tuple(shapes.COLORS), question.asked_color),
                               number(mme.DETAILS, question.asked_detail)))
                for n, (text, subject) in enumerate(question.pieces):
                    piece = self.encode(text if n else self.family.before_answer + text)
                    if subject is not None:
                        inside = cells_in_box(shapes.box(scene.shapes[subject]), scene.size, grid)
                        for row in range(first_row + len(answer), first_row + len(answer) + len(piece)):
                            pointing.append((b, row))
                            in_box.append(inside)
                    answer += piece
                length = len(prompt) + len(answer)
                ids += prompt + answer
                target += [IGNORE] * (len(prompt) - 1) + answer + [self.end]
                segment += [s + 1] * length
                kind += [self.family.kinds.index(question.kind)] * length
                position += range(shared_positions[-1] + 1, shared_positions[-1] + 1 + length)
            rows.append((ids, segment, position, target, kind))
        longest = max(len(row[0]) for row in rows)
        padded = [
            torch.tensor([row[i] + [fill] * (longest - len(row[i])) for row in rows])
            for i, fill in enumerate((self.padding, -1, 0, IGNORE, -1))
        ]
        ids, segment, position, target, kind = padded
        position = position.repeat(len(in_picture), 1, 1)
        position[:, :, begin:begin + cells] = torch.from_numpy(in_picture)[:, None]
        return Text(begin, ids, segment, position, target, kind, torch.tensor(pointing),
                    torch.from_numpy(np.stack(in_box)), torch.tensor(asking))


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
