"""The checkpoint's architecture, and a forward pass for training over the modules of transformers.

The pass here runs many scenes of one grid at once, several questions each, and gives what the auxiliary losses need;
`check` compares it with transformers' own. Letters in shapes as in batches.py; D is a width, H the number of heads.
"""

import dataclasses
import functools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from . import batches, shapes
from .batches import Batch

MEAN = torch.tensor((0.48145466, 0.4578275, 0.40821073)) * 255
DEVIATION = torch.tensor((0.26862954, 0.26130258, 0.27577711)) * 255
PATCH, WINDOW = 14, 4  # pixels; cells on a side of a window of 112 pixels
POINTING_LAYER = 3  # of the language model: the layer whose attention is supervised with boxes
PLACE_LAYER = 2  # of the language model: after it, picture tokens are asked for their quadrant
ASKED_LAYER = 1  # of the language model: after it, the row that begins an answer is asked what the question names


def configuration(tokenizer) -> Qwen2_5_VLConfig:
    token = tokenizer.convert_tokens_to_ids
    return Qwen2_5_VLConfig(
        vocab_size=len(tokenizer), hidden_size=128, intermediate_size=384, num_hidden_layers=6, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=2048, rms_norm_eps=1e-6, rope_theta=1e4,
        rope_scaling={"type": "mrope", "mrope_section": [4, 6, 6]}, tie_word_embeddings=True, use_sliding_window=False,
        sliding_window=2048, max_window_layers=6, bos_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        image_token_id=token("<|image_pad|>"), video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"), vision_end_token_id=token("<|vision_end|>"),
        vision_token_id=token("<|vision_pad|>"),
        vision_config={
            "depth": 4, "hidden_size": 96, "hidden_act": "silu", "intermediate_size": 256, "num_heads": 4,
            "in_channels": 3, "patch_size": PATCH, "spatial_merge_size": 2, "temporal_patch_size": 2,
            "window_size": WINDOW * batches.CELL, "fullatt_block_indexes": [1, 3], "out_hidden_size": 128,
            "tokens_per_second": 2,
        },
    )


def fresh_model(tokenizer) -> Qwen2_5_VLForConditionalGeneration:
    """Random weights of deviation 1/√fan-in, half of it where a block writes into the residual stream."""
    model = Qwen2_5_VLForConditionalGeneration._from_config(configuration(tokenizer), attn_implementation="sdpa")
    for name, weight in model.named_parameters():
        if weight.ndim < 2:
            nn.init.constant_(weight, 0.0 if name.endswith("bias") else 1.0)
            continue
        deviation = weight[0].numel() ** -0.5
        if name.endswith(("o_proj.weight", "down_proj.weight", "attn.proj.weight")):
            deviation /= 2
        nn.init.trunc_normal_(weight, std=deviation, a=-3 * deviation, b=3 * deviation)
    return model


class ThrowAwayHeads(nn.Module):
    """Linear readers that exist in training only: what the layers below must have made visible."""

    def __init__(self, vision_width: int, width: int):
        super().__init__()
        self.cell_shape = nn.Linear(width, len(shapes.KINDS) + 1)
        self.cell_color = nn.Linear(width, len(shapes.COLORS) + 1)
        self.first_mask = nn.Linear(vision_width, batches.MASK**2)
        self.second_mask = nn.Linear(vision_width, batches.MASK**2)
        self.patch_shape = nn.Linear(vision_width, len(shapes.KINDS) + 1)
        self.quadrant = nn.Linear(width, 4)
        self.asked_shape = nn.Linear(width, len(shapes.KINDS))
        self.asked_color = nn.Linear(width, len(shapes.COLORS))


@dataclasses.dataclass
class Seen:
    cells: Tensor  # [B, n, D]: what the tower gives the language model
    blocks: list[Tensor]  # [B, 4n, D] after each block


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


def patches(pixels: Tensor, grid: tuple[int, int]) -> Tensor:
    """uint8 [B, height, width, 3] → [B, 4n, 3 * 14 * 14] in the order of the image processor."""
    rows, columns = grid
    x = (pixels.float() - MEAN) / DEVIATION
    x = x.view(-1, rows, 2, PATCH, columns, 2, PATCH, 3).permute(0, 1, 4, 2, 5, 7, 3, 6)
    return x.reshape(len(pixels), 4 * rows * columns, 3 * PATCH * PATCH)


def attend(q: Tensor, k: Tensor, v: Tensor, visible: Tensor | None) -> tuple[Tensor, Tensor]:
    """Values and float32 weights. Written out: on a CPU, twice as fast backward as the fused kernel at these sizes."""
    scores = (q @ k.transpose(-2, -1)).float() / math.sqrt(q.shape[-1])
    if visible is not None:
        scores = scores.masked_fill(~visible, -math.inf)
    weights = scores.softmax(-1)
    return weights.to(v.dtype) @ v, weights


@functools.lru_cache
def patch_geometry(grid: tuple[int, int], width: int) -> tuple[Tensor, Tensor, Tensor]:
    """cos and sin [4n, width] of the rotary embedding, and bool [4n, 4n]: which patches share a window."""
    y, x = torch.meshgrid(torch.arange(2 * grid[0]), torch.arange(2 * grid[1]), indexing="ij")
    y, x = (axis.view(grid[0], 2, grid[1], 2).transpose(1, 2).flatten() for axis in (y, x))
    frequency = inverse_frequencies(width // 2, 1e4)
    window = (y // (2 * WINDOW)) * 1000 + x // (2 * WINDOW)
    return *angles(torch.cat((y[:, None] * frequency, x[:, None] * frequency), -1)), window[:, None] == window


def see(tower: nn.Module, batch: Batch) -> Seen:
    size, width, heads = len(batch.pixels), tower.config.hidden_size, tower.config.num_heads
    cos, sin, same_window = patch_geometry(batch.grid, width // heads)
    # The two frames that a still picture is seen as are equal, so their weights may be summed.
    x = F.linear(patches(batch.pixels, batch.grid), tower.patch_embed.proj.weight.sum(2).flatten(1))
    blocks = []
    for i, block in enumerate(tower.blocks):
        qkv = block.attn.qkv(block.norm1(x)).view(size, -1, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        q, k = (rotate(part, cos, sin).to(qkv.dtype) for part in qkv[:2])
        y, _ = attend(q, k, qkv[2], None if i in tower.fullatt_block_indexes else same_window)
        x = x + block.attn.proj(y.transpose(1, 2).flatten(2))
        x = x + block.mlp(block.norm2(x))
        blocks.append(x)
    return Seen(tower.merger(x.flatten(0, 1)).view(size, batch.cells, -1), blocks)


def read(model: Qwen2_5_VLForConditionalGeneration, batch: Batch, seen: Seen) -> Read:
    text, config, decoder = batch.text, model.config.text_config, model.model.language_model
    size, length = text.ids.shape
    width = config.hidden_size // config.num_attention_heads
    groups = config.num_attention_heads // config.num_key_value_heads
    picture = slice(text.image_begin, text.image_begin + batch.cells)

    frequency = text.position[..., None] * inverse_frequencies(width, config.rope_theta)
    sections = frequency.split(config.rope_scaling["mrope_section"], -1)
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
def check(model: Qwen2_5_VLForConditionalGeneration, batch: Batch) -> None:
    """Raises where the first question of a scene gets other logits than from transformers, or other attention."""
    read_here = read(model, batch, see(model.model.visual, batch))
    length = int((batch.text.segment[0] == 1).nonzero().max()) + 1
    pixels = patches(batch.pixels[:1], batch.grid)[0].view(-1, 3, 1, PATCH * PATCH).expand(-1, 3, 2, -1).flatten(1)
    rows, columns = batch.grid
    model.set_attn_implementation("eager")
    reference = model(input_ids=batch.text.ids[:1, :length], pixel_values=pixels, output_attentions=True,
                      image_grid_thw=torch.tensor([[1, 2 * rows, 2 * columns]]))
    torch.testing.assert_close(model.lm_head(read_here.hidden[:1, :length]), reference.logits, atol=2e-4, rtol=2e-4)
    torch.testing.assert_close(read_here.attention[:1, :length, :length],
                               reference.attentions[POINTING_LAYER].mean(1), atol=2e-5, rtol=2e-4)
