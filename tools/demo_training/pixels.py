"""Pixels as the towers read them: CLIP's normalisation, which Qwen2.5-VL has too."""

import torch
from torch import Tensor

MEAN = torch.tensor((0.48145466, 0.4578275, 0.40821073)) * 255
DEVIATION = torch.tensor((0.26862954, 0.26130258, 0.27577711)) * 255


def normalised(pixels: Tensor) -> Tensor:
    """uint8 [B, height, width, 3] to float of the same shape"""
    return (pixels.float() - MEAN) / DEVIATION
