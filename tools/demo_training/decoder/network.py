"""The language model's forward pass for training, over the modules of transformers, and heads for the auxiliary losses.

The pass here runs many scenes of one grid at once, several questions each, and gives what the auxiliary losses need;
`check` compares it with transformers' own. It serves decoders of Llama's layout, Qwen2's among them. Letters in shapes
as in sequences.py; D is a width, H the number of heads.
"""

import dataclasses

import torch
from torch import Tensor, nn

from .. import mme, shapes
from ..attention import attend
from ..batches import Batch
from ..visible import PictureHeads, Seen

POINTING_LAYER = 3  # of the language model: the layer whose attention is supervised with boxes
PLACE_LAYER = 2  # of the language model: after it, picture tokens are asked for their quadrant
ASKED_LAYER = 1  # of the language model: after it, the row that begins an answer is asked what the question names


class ThrowAwayHeads(PictureHeads):
    """Linear readers that exist in training only: what the layers below must have made visible."""

    def __init__(self, vision_width: int, width: int):
        super().__init__(vision_width, width)
        self.quadrant = nn.Linear(width, 4)
        self.asked_shape = nn.Linear(width, len(shapes.KINDS))
        self.asked_color = nn.Linear(width, len(shapes.COLORS))
        self.asked_detail = nn.Linear(width, len(mme.DETAILS))


@dataclasses.dataclass
class Read:
    hidden: Tensor  # [B, T, D] after the last norm
    attention: Tensor  # [B, T, T] of the pointing layer, mean over its heads
    placed: Tensor  # [B, n, D]: the picture's tokens after the place layer
    asked: Tensor  # [B, T, D] after the asked layer


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x [B, H, T, d], cos and sin broadcast to it."""
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat((-second, first), -1) * sin


def angles(frequencies: Tensor) -> tuple[Tensor, Tensor]:
    both = torch.cat((frequencies, frequencies), -1)
    return both.cos(), both.sin()


def inverse_frequencies(width: int, theta: float) -> Tensor:
    return theta ** -(torch.arange(0, width, 2).float() / width)


def rotary_sections(config) -> list[int]:
    """How many of a head's frequencies turn with each axis of a position: all with the only one, without M-RoPE."""
    return (config.rope_scaling or {}).get("mrope_section") or [config.hidden_size // config.num_attention_heads // 2]


def read(model, batch: Batch, seen: Seen) -> Read:
    text, config, decoder = batch.text, model.config.text_config, model.model.language_model
    size, length = text.ids.shape
    width = config.hidden_size // config.num_attention_heads
    groups = config.num_attention_heads // config.num_key_value_heads
    picture = slice(text.image_begin, text.image_begin + batch.cells)

    frequency = text.position[..., None] * inverse_frequencies(width, config.rope_theta)
    sections = frequency.split(rotary_sections(config), -1)
    cos, sin = (part[:, None] for part in angles(torch.cat([part[i] for i, part in enumerate(sections)], -1)))
    order = torch.arange(length)
    visible = (order[:, None] >= order) & (
        (text.segment[:, None] == 0) | (text.segment[:, None] == text.segment[..., None]))
    visible = visible[:, None]

    x = model.get_input_embeddings()(text.ids)
    x = torch.cat((x[:, :picture.start], seen.cells.to(x.dtype), x[:, picture.stop:]), 1)
    attention = placed = asked = None
    for i, layer in enumerate(decoder.layers):
        h = layer.input_layernorm(x)
        q, k, v = (
            project(h).view(size, length, -1, width).transpose(1, 2)
            for project in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj))
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        k, v = (part.repeat_interleave(groups, 1) for part in (k, v))
        y, weights = attend(q, k, v, visible)
        if i == POINTING_LAYER:
            attention = weights.mean(1)
        x = x + layer.self_attn.o_proj(y.transpose(1, 2).flatten(2))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        if i == PLACE_LAYER:
            placed = x[:, picture]
        if i == ASKED_LAYER:
            asked = x
    return Read(decoder.norm(x), attention, placed, asked)


@torch.no_grad()
def check(family, model, batch: Batch) -> None:
    """Raises where the first question of a scene gets other logits than from transformers, or other attention."""
    read_here = read(model, batch, family.see(model, batch))
    length = int((batch.text.segment[0] == 1).nonzero().max()) + 1
    model.set_attn_implementation("eager")
    reference = model(input_ids=batch.text.ids[:1, :length], output_attentions=True,
                      **family.picture_inputs(batch.pixels[:1]))
    torch.testing.assert_close(model.lm_head(read_here.hidden[:1, :length]), reference.logits, atol=2e-4, rtol=2e-4)
    torch.testing.assert_close(read_here.attention[:1, :length, :length],
                               reference.attentions[POINTING_LAYER].mean(1), atol=2e-5, rtol=2e-4)
