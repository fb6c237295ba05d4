"""Pictures of the CLIP towers that are trained here: squares of 112 pixels, cut into 8 × 8 patches.

Scenes are larger, so that the image processor has to resize, and square, so that it cuts nothing off.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from transformers import CLIPImageProcessor

from . import pixels

SIDE, PATCH = 112, 14  # pixels
CELLS = SIDE // PATCH  # on a side of the picture
SCENES = ((168, 168), (192, 192))  # height and width of the scenes, in pixels


def shown(picture: np.ndarray) -> np.ndarray:
    """uint8 [height, width, 3] to [112, 112, 3]"""
    return np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def pixel_values(shown_pixels: Tensor) -> Tensor:
    """uint8 [B, 112, 112, 3] to [B, 3, 112, 112]"""
    return pixels.normalised(shown_pixels).permute(0, 3, 1, 2)


def patches(shown_pixels: Tensor) -> Tensor:
    """uint8 [B, 112, 112, 3] to [B, 64, 3 * 14 * 14]: what a convolution with a stride of its own width reads."""
    x = pixel_values(shown_pixels).view(-1, 3, CELLS, PATCH, CELLS, PATCH).permute(0, 2, 4, 1, 3, 5)
    return x.reshape(len(shown_pixels), CELLS**2, 3 * PATCH * PATCH)


def embed(tower, shown_pixels: Tensor) -> Tensor:
    """What the first layer of a CLIP vision tower of transformers is given, [B, 1 + 64, D]."""
    of_patches = F.linear(patches(shown_pixels), tower.embeddings.patch_embedding.weight.flatten(1))
    of_class = tower.embeddings.class_embedding.to(of_patches.dtype).expand(len(of_patches), 1, -1)
    x = torch.cat((of_class, of_patches), 1) + tower.embeddings.position_embedding.weight
    return tower.pre_layrnorm(x)


def image_processor() -> CLIPImageProcessor:
    return CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
