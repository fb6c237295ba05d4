#!/usr/bin/env python3
"""Writes a Qwen2.5-VL checkpoint with random weights, as the hub would hold it, for measurements of speed alone.

    make_checkpoint.py --shape small|3b --dtype float32|bfloat16 --out FOLDER

Tokenizer and processor are the demo model's. The stop token is one that nothing produces, so that generation runs to
the length asked for.
"""

import argparse
import json
import pathlib
import shutil

import torch
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

DEMO = pathlib.Path(__file__).resolve().parents[2] / "demo/qwen2_5_vl"

SHAPES = {
    "small": {  # 146 million parameters
        "text": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
                 "num_key_value_heads": 2, "vocab_size": 16384, "rope_theta": 1000000.0},
        "mrope_section": [8, 12, 12],
        "vision": {"depth": 8, "hidden_size": 512, "num_heads": 8, "intermediate_size": 1376,
                   "fullatt_block_indexes": [3, 7]},
    },
    "3b": {
        "text": {"hidden_size": 2048, "intermediate_size": 11008, "num_hidden_layers": 36, "num_attention_heads": 16,
                 "num_key_value_heads": 2, "vocab_size": 151936, "rope_theta": 1000000.0},
        "mrope_section": [16, 24, 24],
        "vision": {"depth": 32, "hidden_size": 1280, "num_heads": 16, "intermediate_size": 3420,
                   "fullatt_block_indexes": [7, 15, 23, 31]},
    },
}


def config_json(shape: dict, dtype: str) -> dict:
    demo = json.loads((DEMO / "config.json").read_text())
    text = shape["text"] | {
        "rms_norm_eps": 1e-6, "tie_word_embeddings": True, "max_position_embeddings": 32768, "use_cache": True,
        "hidden_act": "silu", "use_sliding_window": False, "eos_token_id": shape["text"]["vocab_size"] - 1,
        "rope_scaling": {"type": "mrope", "mrope_section": shape["mrope_section"]},
    }
    vision = shape["vision"] | {
        "out_hidden_size": text["hidden_size"], "hidden_act": "silu", "in_channels": 3, "patch_size": 14,
        "spatial_merge_size": 2, "temporal_patch_size": 2, "tokens_per_second": 2, "window_size": 112,
    }
    tokens = {key: demo[key] for key in ("bos_token_id", "image_token_id", "video_token_id", "vision_start_token_id",
                                         "vision_end_token_id", "vision_token_id")}
    return {"architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl", **text, **tokens,
            "torch_dtype": dtype, "vision_config": vision}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", choices=SHAPES, required=True)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    config = config_json(SHAPES[arguments.shape], arguments.dtype)
    torch.manual_seed(0)
    torch.set_default_dtype(getattr(torch, arguments.dtype))
    model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(**config))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim > 1:  # activations stay near 1
                weight.normal_(0, weight[0].numel() ** -0.5)
            elif name.endswith(".bias"):
                weight.zero_()
    arguments.out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(arguments.out)
    # save_pretrained writes the nested form of its own version; the hub's is flat.
    (arguments.out / "config.json").write_text(json.dumps(config, indent=2))
    (arguments.out / "generation_config.json").write_text(json.dumps({"eos_token_id": config["eos_token_id"]}))
    processor = json.loads((DEMO / "preprocessor_config.json").read_text())
    processor.pop("size", None)
    processor |= {"min_pixels": 3136, "max_pixels": 12845056}
    (arguments.out / "preprocessor_config.json").write_text(json.dumps(processor, indent=2))
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(DEMO / name, arguments.out / name)


main()
