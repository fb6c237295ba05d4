"""Questions about scenes as sequences of tokens.

Letters in shapes: B scenes, n cells of a scene's grid in raster order, T tokens, Q questions, R answer tokens about a
shape.
"""

import dataclasses

import numpy as np
import torch

from .. import mme, questions, shapes
from ..batches import IGNORE, cells_in_box, number
from ..scenes import Scene


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


class Sequences:
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
