"""What training asks for: right answers, known places, and attention on the shape in question."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..batches import IGNORE, Batch
from .network import Read, ThrowAwayHeads

SMALLEST_SHARE = 1e-3  # of attention on a shape: keeps the logarithm finite


def asked(heads: ThrowAwayHeads, read: Read, batch: Batch) -> Tensor:
    """The row that begins an answer knows the shape, the colour and the detail that the question names.

    Without it, that row may take "circle" and "square" for one word and answer for either: what it does not tell apart
    is of no use to the layers above, and what they do not use it has no reason to tell apart.
    """
    scene, position, shape, color, detail = batch.text.asking.T
    rows = read.asked[scene, position]
    total = F.cross_entropy(heads.asked_shape(rows).float(), shape, ignore_index=IGNORE) + F.cross_entropy(
        heads.asked_color(rows).float(), color, ignore_index=IGNORE)
    if (detail != IGNORE).any():
        total = total + F.cross_entropy(heads.asked_detail(rows).float(), detail, ignore_index=IGNORE)
    return total


def pointing(read: Read, batch: Batch) -> Tensor:
    """How little attention the cells in the box get, from the rows that produce the words about its shape."""
    text = batch.text
    rows = read.attention[text.pointing[:, 0], text.pointing[:, 1]]
    on_picture = rows[:, text.image_begin:text.image_begin + batch.cells]
    return -torch.log((on_picture * text.in_box).sum(-1) + SMALLEST_SHARE).mean()


def answers(logits: Tensor, batch: Batch, questions_alike: bool) -> Tensor:
    """logits [A, V] of the rows that produce answers."""
    wanted = batch.text.target != IGNORE
    if not questions_alike:
        return F.cross_entropy(logits.float(), batch.text.target[wanted])
    scene = torch.arange(len(wanted))[:, None] * (1 + batch.text.segment.max())
    _, question, length = (scene + batch.text.segment)[wanted].unique(return_inverse=True, return_counts=True)
    losses = F.cross_entropy(logits.float(), batch.text.target[wanted], reduction="none")
    return (losses / length[question]).sum() / len(length)


@torch.no_grad()
def token_accuracy(logits: Tensor, batch: Batch, kinds: tuple[str, ...]) -> dict[str, Tensor]:
    """Of each kind of question, with the true words before each token."""
    wanted = batch.text.target != IGNORE
    right = (logits.argmax(-1) == batch.text.target[wanted]).float()
    kind = batch.text.kind[wanted]
    return {name: right[kind == i].mean() for i, name in enumerate(kinds) if (kind == i).any()}
