#!/usr/bin/env python3
"""Writes a checkpoint with random weights, as the hub would hold it, for measurements of speed alone.

    make_checkpoint.py --shape small|3b|llava|qavit-b16|qavit-l14 --dtype float32|bfloat16 --out FOLDER

`small` and `3b` are of Qwen2.5-VL, `llava` is LLaVA-1.5 with the layers of `small`; the QA-ViTs are CLIP's base/16 and
large/14 at 336 pixels with BERT's base. Tokenizer and processor are the demo models'. The stop token is one that nothing produces, so that generation runs to the length asked for.
"""

import argparse
import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file
from transformers import (BertConfig, BertModel, LlavaConfig, LlavaForConditionalGeneration, Qwen2_5_VLConfig,
                          Qwen2_5_VLForConditionalGeneration)

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
sys.path.insert(0, str(ROOT / "tools"))

from fixtures.tiny_qavit import tower

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


LLAVA = {
    "text_config": {"model_type": "llama", "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
                    "num_attention_heads": 12, "num_key_value_heads": 12, "rms_norm_eps": 1e-5,
                    "max_position_embeddings": 8192},
    "vision_config": {"model_type": "clip_vision_model", "hidden_size": 512, "intermediate_size": 2048,
                      "num_hidden_layers": 8, "num_attention_heads": 8, "image_size": 336, "patch_size": 14,
                      "projection_dim": 512},
}


QAVIT = {
    "qavit-b16": ("all", {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
                          "num_attention_heads": 12, "image_size": 224, "patch_size": 16}),
    "qavit-l14": ("late", {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
                           "num_attention_heads": 16, "image_size": 336, "patch_size": 14}),
}


def qwen_config(shape: dict) -> dict:
    demo = read_json("qwen2_5_vl/config.json")
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
            "vision_config": vision}


def llava_config() -> dict:
    demo = read_json("llava/config.json")
    same = ("architectures", "model_type", "image_token_index", "pad_token_id", "projector_hidden_act",
            "vision_feature_layer", "vision_feature_select_strategy")
    text = LLAVA["text_config"] | {"vocab_size": demo["text_config"]["vocab_size"]}
    return {key: demo[key] for key in same if key in demo} | LLAVA | {"text_config": text,
                                                                    "eos_token_id": text["vocab_size"] - 1}


def read_json(path: str) -> dict:
    return json.loads((DEMO / path).read_text())


def write_json(path: pathlib.Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2))


def draw_weights(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim > 1:  # activations stay near 1
                weight.normal_(0, weight[0].numel() ** -0.5)
            elif name.endswith(".bias"):
                weight.zero_()


def write_qavit(shape: str, dtype: str, out: pathlib.Path) -> None:
    point, vision = QAVIT[shape]
    demo = read_json("qavit/config.json")
    text = BertConfig()
    model = tower.build(vision, point, text.hidden_size)
    encoder = BertModel(text, add_pooling_layer=False)
    for part in (model, encoder):
        part.to(getattr(torch, dtype))
        draw_weights(part)
    encoder_folder = out / demo["text_encoder"]["path"]
    shutil.copytree(DEMO / "qavit" / demo["text_encoder"]["path"], encoder_folder, dirs_exist_ok=True)
    encoder.save_pretrained(encoder_folder)
    save_file(model.state_dict(), out / "model.safetensors", metadata={"format": "pt"})
    write_json(out / "config.json", demo | {"vision_config": vision, "integration_point": point,
                                            "instruction_dim": text.hidden_size, "torch_dtype": dtype})
    side = vision["image_size"]
    write_json(out / "preprocessor_config.json", read_json("qavit/preprocessor_config.json") | {
        "size": {"shortest_edge": side}, "crop_size": {"height": side, "width": side}})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", choices=[*SHAPES, "llava", *QAVIT], required=True)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.shape in QAVIT:
        return write_qavit(arguments.shape, arguments.dtype, arguments.out)
    torch.set_default_dtype(getattr(torch, arguments.dtype))
    if arguments.shape == "llava":
        demo, config = DEMO / "llava", llava_config()
        model = LlavaForConditionalGeneration(LlavaConfig(**config))
        processor = read_json("llava/preprocessor_config.json") | {
            "size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}}
    else:
        demo, config = DEMO / "qwen2_5_vl", qwen_config(SHAPES[arguments.shape])
        model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(**config))
        processor = read_json("qwen2_5_vl/preprocessor_config.json") | {"min_pixels": 3136, "max_pixels": 12845056}
        processor.pop("size", None)
    config["torch_dtype"] = arguments.dtype
    draw_weights(model)
    model.save_pretrained(arguments.out)
    # save_pretrained writes the form of its own version; the hub's is another.
    write_json(arguments.out / "config.json", config)
    write_json(arguments.out / "generation_config.json", {"eos_token_id": config["eos_token_id"]})
    write_json(arguments.out / "preprocessor_config.json", processor)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "chat_template.json",
                 "processor_config.json", "special_tokens_map.json"):
        if (demo / name).exists():
            shutil.copy(demo / name, arguments.out / name)


main()
