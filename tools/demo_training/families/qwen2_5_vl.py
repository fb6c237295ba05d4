"""Qwen2.5-VL: pictures of many grids, a tower with windows, cells of 2 × 2 patches, positions by row and column."""

import functools
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessor

from .. import pixels, questions
from ..attention import attend
from ..batches import Batch
from ..decoder.family import Decoder
from ..decoder.network import angles, inverse_frequencies, rotate
from ..random_weights import set_random_weights
from ..scenes import CELL
from ..stages import JOINT, REFINE, TOWER, Stage
from ..visible import Seen
from . import qwen2_5_vl_tokenizer

PATCH, WINDOW = 14, 4  # pixels; cells on a side of a window of 112 pixels
# Rows and columns of cells, of 28224 to 42336 pixels, so that the image processor resizes nothing.
GRIDS = ((6, 6), (7, 7), (6, 7), (7, 6), (6, 8), (8, 6), (6, 9), (9, 6))


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
            "window_size": WINDOW * CELL, "fullatt_block_indexes": [1, 3], "out_hidden_size": 128,
            "tokens_per_second": 2,
        },
    )


def patches(shown: Tensor, grid: tuple[int, int]) -> Tensor:
    """uint8 [B, height, width, 3] → [B, 4n, 3 * 14 * 14] in the order of the image processor."""
    rows, columns = grid
    x = pixels.normalised(shown).view(-1, rows, 2, PATCH, columns, 2, PATCH, 3).permute(0, 1, 4, 2, 5, 7, 3, 6)
    return x.reshape(len(shown), 4 * rows * columns, 3 * PATCH * PATCH)


@functools.lru_cache
def patch_geometry(grid: tuple[int, int], width: int) -> tuple[Tensor, Tensor, Tensor]:
    """cos and sin [4n, width] of the rotary embedding, and bool [4n, 4n]: which patches share a window."""
    y, x = torch.meshgrid(torch.arange(2 * grid[0]), torch.arange(2 * grid[1]), indexing="ij")
    y, x = (axis.view(grid[0], 2, grid[1], 2).transpose(1, 2).flatten() for axis in (y, x))
    frequency = inverse_frequencies(width // 2, 1e4)
    window = (y // (2 * WINDOW)) * 1000 + x // (2 * WINDOW)
    return *angles(torch.cat((y[:, None] * frequency, x[:, None] * frequency), -1)), window[:, None] == window


class Qwen25VL(Decoder):
    name = "qwen2_5_vl"
    sizes = tuple((rows * CELL, columns * CELL) for rows, columns in GRIDS)
    patches_on_side = 2
    kinds = questions.KINDS
    stages = (
        Stage(TOWER, number=1, steps=600, scenes=32, warm_up=40, last_rate=0.3),
        Stage(JOINT, number=2, steps=1800, scenes=16, warm_up=60, last_rate=0.01),
        Stage(REFINE, number=3, steps=500, scenes=16, warm_up=60, last_rate=0.01, shapes=(2, 2, 3, 3, 4),
              muon_rate=0.008, adam_rate=1e-3),
    )
    image_token = "<|image_pad|>"
    before_answer = ""
    chat_template = qwen2_5_vl_tokenizer.TEMPLATE
    tower_modules = ("model.visual.",)

    def grid(self, height: int, width: int) -> tuple[int, int]:
        return height // CELL, width // CELL

    def ask(self, rng, scene, stage) -> list[questions.Question]:
        return questions.one_of_each(rng, scene)

    def shown(self, picture: np.ndarray) -> np.ndarray:
        return picture

    def picture_positions(self, begin: int, grid: tuple[int, int]) -> tuple[np.ndarray, int]:
        """Time, row and column."""
        y, x = np.indices(grid).reshape(2, -1)
        return begin + np.stack((np.zeros_like(y), y, x)), begin + max(grid)

    def train_tokenizer(self, seed: int):
        return qwen2_5_vl_tokenizer.train(seed, self.sizes[0])

    def fresh_model(self, tokenizer) -> Qwen2_5_VLForConditionalGeneration:
        model = Qwen2_5_VLForConditionalGeneration._from_config(configuration(tokenizer), attn_implementation="eager")
        set_random_weights(model, ("o_proj.weight", "down_proj.weight", "attn.proj.weight"))
        return model

    def see(self, model, batch: Batch) -> Seen:
        tower = model.model.visual
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

    def picture_inputs(self, pixels: Tensor) -> dict[str, Tensor]:
        rows, columns = self.grid(*pixels.shape[1:3])
        both_frames = patches(pixels, (rows, columns))[0].view(-1, 3, 1, PATCH * PATCH).expand(-1, 3, 2, -1)
        return {"pixel_values": both_frames.flatten(1), "image_grid_thw": torch.tensor([[1, 2 * rows, 2 * columns]])}

    def save_processor(self, tokenizer, folder: pathlib.Path) -> None:
        areas = [height * width for height, width in self.sizes]
        Qwen2VLImageProcessor(
            min_pixels=min(areas), max_pixels=max(areas), patch_size=PATCH, temporal_patch_size=2, merge_size=2,
        ).save_pretrained(folder)

    def read_picture(self, folder: pathlib.Path, picture) -> tuple[dict, tuple[int, int]]:
        features = Qwen2VLImageProcessor.from_pretrained(folder)(images=[picture], return_tensors="pt")
        rows, columns = (int(side) // 2 for side in features["image_grid_thw"][0, 1:])
        return dict(features), (rows, columns)
