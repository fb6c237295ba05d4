"""A CLIP tower whose later layers see the question, its question encoder, and the passes of training.

The pass here runs many questions about many pictures at once; `check` compares it with tools/fixtures/tiny_qavit/tower.py.
Letters in shapes as in packing.py; B scenes, N = 1 + n tokens of the tower, the class token first, D its width.
"""

import dataclasses

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from fixtures.tiny_qavit import tower

from .. import clip_pictures, shapes
from ..attention import attend
from ..batches import Batch
from ..random_weights import set_random_weights
from ..visible import PictureHeads, Seen
from .packing import ANSWERS, Asked

INTEGRATION_POINT = "late"


class QAViT(nn.Module):
    def __init__(self, vision: dict, text: BertConfig):
        super().__init__()
        self.vision = tower.build(vision, INTEGRATION_POINT, text.hidden_size)
        self.question_encoder = BertModel._from_config(text, attn_implementation="eager", add_pooling_layer=False)
        set_random_weights(self, ("out_proj.weight", "fc2.weight", "output.dense.weight"))
        # As QA-ViT begins: a gate that is shut, on a copy of the projection beside it.
        for layer in self.aware_layers:
            attention = layer.self_attn
            nn.init.zeros_(attention.instruction_proj_gate)
            attention.instruction_out_proj.load_state_dict(attention.out_proj.state_dict())

    @property
    def layers(self) -> nn.ModuleList:
        return self.vision.vision_model.encoder.layers

    @property
    def blind_layers(self) -> nn.ModuleList:
        return self.layers[:len(self.layers) // 2]

    @property
    def aware_layers(self) -> nn.ModuleList:
        return self.layers[len(self.layers) // 2:]


class ThrowAwayHeads(PictureHeads):
    """What exists in training only: readers of the picture, of the question, and of the answer."""

    def __init__(self, width: int):
        super().__init__(width, width)
        self.quadrant = nn.Linear(width, 4)
        self.answer = nn.Linear(2 * width, len(ANSWERS))
        self.asked_shape = nn.Linear(width, len(shapes.KINDS))
        self.asked_color = nn.Linear(width, len(shapes.COLORS))


@dataclasses.dataclass
class Looked:
    hidden: Tensor  # [S, N, D] after the last layer
    attention: Tensor  # [S, n]: the class token's row of the last layer over the patches, mean over heads
    before: Tensor  # [S, N, D] before the last layer


def see(model: QAViT, batch: Batch) -> tuple[Seen, Tensor]:
    """The pass of the layers that see no question; the last states with the class token, [B, N, D]."""
    x = clip_pictures.embed(model.vision.vision_model, batch.pixels)
    blocks = []
    for layer in model.blind_layers:
        x = layer(x, None, None)[0]
        blocks.append(x[:, 1:])
    return Seen(blocks[-1], blocks), x


def question_aware(layer, x: Tensor, question: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """x [S, N, D] and questions [S, M, width] to the layer's output and probabilities [S, heads, N, M + N]."""
    attention = layer.self_attn
    normed = layer.layer_norm1(x)
    keys = torch.cat((layer.instruct_dim_reduce(question).to(normed.dtype), normed), 1)
    visible = torch.cat((known, known.new_ones(x.shape[:2])), 1)[:, None, None]

    def heads(y: Tensor) -> Tensor:
        return y.unflatten(-1, (attention.num_heads, attention.head_dim)).transpose(1, 2)

    values, probabilities = attend(
        heads(attention.q_proj(normed)), heads(attention.k_proj(keys)), heads(attention.v_proj(keys)), visible)
    values = values.transpose(1, 2).flatten(2)
    gate = torch.tanh(attention.instruction_proj_gate)
    x = x + attention.out_proj(values) + gate * attention.instruction_out_proj(values)
    return x + layer.mlp(layer.layer_norm2(x)), probabilities


def look(model: QAViT, asked: Asked, picture: Tensor) -> Looked:
    """The pass of the layers that see the question, on what `see` has left of each picture."""
    question = model.question_encoder(input_ids=asked.ids, attention_mask=asked.known).last_hidden_state
    x = picture[asked.scene]
    for layer in model.aware_layers:
        before = x
        x, probabilities = question_aware(layer, x, question, asked.known)
    begin = 1 + asked.ids.shape[1]
    return Looked(x, probabilities[:, :, 0, begin:].mean(1), before)


@torch.no_grad()
def check(model: QAViT, batch: Batch) -> None:
    """Raises where the first or the last question, alone and without padding, gets other states or another attention."""
    for layer in model.aware_layers:
        layer.self_attn.instruction_proj_gate.fill_(0.7)
    here = look(model, batch.text, see(model, batch)[1])
    for s in (0, -1):
        ids = batch.text.ids[s, batch.text.known[s]]
        question = model.question_encoder(input_ids=ids[None]).last_hidden_state[0]
        pixels = clip_pictures.pixel_values(batch.pixels[batch.text.scene[s]][None])
        hidden, attentions = tower.run(model.vision, INTEGRATION_POINT, pixels, question)
        torch.testing.assert_close(here.hidden[s], hidden[-1, 0], atol=2e-4, rtol=2e-4)
        row = attentions[-1][0, :, 0, 1 + len(ids):].mean(0)
        torch.testing.assert_close(here.attention[s], row, atol=2e-5, rtol=2e-4)
    for layer in model.aware_layers:
        layer.self_attn.instruction_proj_gate.zero_()
