"""What training asks for: right answers, attention in the right box, and what helps to learn both."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import visible
from ..batches import IGNORE, Batch
from ..family import Parts
from . import network

SMALLEST_SHARE = 1e-3  # of attention in a box: keeps the logarithm finite
HEADS_WEIGHT, PLACE_WEIGHT, POINTING_WEIGHT, ASKED_WEIGHT = 0.5, 0.3, 0.5, 0.3  # beside 1 for the answers


def tower(model: network.QAViT, heads: network.ThrowAwayHeads, batch: Batch) -> Parts:
    """Of the layers that see no question."""
    seen, _ = network.see(model, batch)
    parts = visible.losses(heads, seen, batch)
    return sum(parts.values()), parts


def answer_logits(heads: network.ThrowAwayHeads, hidden: Tensor) -> Tensor:
    return heads.answer(torch.cat((hidden[:, 0], hidden[:, 1:].mean(1)), -1)).float()


def share_in_box(attention: Tensor, in_box: Tensor) -> Tensor:
    """Of what the patches get."""
    return (attention * in_box).sum(-1) / attention.sum(-1)


def named(heads: network.ThrowAwayHeads, looked: network.Looked, batch: Batch) -> Tensor:
    """The class token knows what the question names before it looks for it."""
    of_class = looked.before[:, 0]
    return F.cross_entropy(heads.asked_shape(of_class).float(), batch.text.shape, ignore_index=IGNORE) + \
        F.cross_entropy(heads.asked_color(of_class).float(), batch.text.color, ignore_index=IGNORE)


def joint(kinds: tuple[str, ...], model: network.QAViT, heads: network.ThrowAwayHeads, batch: Batch) -> Parts:
    asked = batch.text
    seen, picture = network.see(model, batch)
    looked = network.look(model, asked, picture)
    of_picture = visible.losses(heads, seen, batch)
    logits = answer_logits(heads, looked.hidden)
    rows = looked.attention[asked.pointing]
    parts = {
        "answers": F.cross_entropy(logits, asked.answer),
        "pointing": -torch.log(share_in_box(rows, asked.in_box) + SMALLEST_SHARE).mean(),
        "asked": named(heads, looked, batch),
        "place": visible.place(heads.quadrant, looked.before[:, 1:], batch.grid),
    }
    total = parts["answers"] + POINTING_WEIGHT * parts["pointing"] + ASKED_WEIGHT * parts["asked"]
    total = total + PLACE_WEIGHT * parts["place"] + HEADS_WEIGHT * sum(of_picture.values())
    return total, parts | of_picture | right(kinds, logits, rows, batch)


@torch.no_grad()
def right(kinds: tuple[str, ...], logits: Tensor, rows: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Per cent of answers of each kind, and of hottest cells that are in the box."""
    asked = batch.text
    hottest = rows.argmax(-1, keepdim=True)
    percent = {"hottest%": 100 * asked.in_box.gather(1, hottest).float().mean()}
    is_right = (logits.argmax(-1) == asked.answer).float()
    for number, kind in enumerate(kinds):
        if (asked.kind == number).any():
            percent[f"{kind}%"] = 100 * is_right[asked.kind == number].mean()
    return percent
