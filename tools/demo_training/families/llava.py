"""LLaVA-1.5 in Hugging Face form: square pictures, a CLIP tower, every patch a token of a Llama."""

import functools
import pathlib
import tempfile

import numpy as np
from torch import Tensor
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
)

from .. import clip_pictures, mme, questions
from ..batches import Batch
from ..clip_pictures import CELLS, PATCH, SIDE
from ..decoder.family import Decoder
from ..random_weights import set_random_weights
from ..scenes import Scene
from ..stages import JOINT, REFINE, TOWER, Stage
from ..visible import Seen
from . import llava_tokenizer

FEATURE_LAYER = -2  # of the hidden states: what the last block of the tower computes is not used, as in LLaVA-1.5
PREFIX = "mme "  # of a kind of question: MME has a category for colours too


def configuration(tokenizer) -> LlavaConfig:
    return LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=96, intermediate_size=384, num_hidden_layers=5, num_attention_heads=4, image_size=SIDE,
            patch_size=PATCH, projection_dim=96),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer), hidden_size=128, intermediate_size=384, num_hidden_layers=6,
            num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=2048, rms_norm_eps=1e-5,
            rope_theta=1e4, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id, tie_word_embeddings=False),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"), vision_feature_layer=FEATURE_LAYER,
        vision_feature_select_strategy="default", image_seq_length=CELLS**2, tie_word_embeddings=False,
    )


def ask(rng: np.random.Generator, scene: Scene, yes_no: int) -> list[questions.Question]:
    asked = questions.one_of_each(rng, scene)
    for category in rng.choice(mme.CATEGORIES, yes_no, replace=False):
        question = mme.ASK[category](rng, scene, rng.random() < 0.5)
        if question:
            ending = questions.choice(rng, mme.ENDINGS)
            asked.append(question.renamed(PREFIX + category, question.prompt + ending))
    return asked


class Llava(Decoder):
    name = "llava"
    sizes = clip_pictures.SCENES
    patches_on_side = 1
    kinds = questions.KINDS + tuple(PREFIX + category for category in mme.CATEGORIES)
    # Longer on the tower than for Qwen2.5-VL: its cells are smaller, and it learns colours later.
    stages = (
        Stage(TOWER, number=1, steps=800, scenes=32, warm_up=40, last_rate=0.3),
        Stage(JOINT, number=2, steps=1300, scenes=16, warm_up=60, last_rate=0.01, yes_no=2),
        Stage(REFINE, number=3, steps=600, scenes=16, warm_up=60, last_rate=0.01, shapes=(2, 2, 3, 3, 4),
              muon_rate=0.012, adam_rate=1.5e-3, questions_alike=True, yes_no=4),
    )
    image_token = "<image>"
    before_answer = " "
    chat_template = llava_tokenizer.TEMPLATE
    tower_modules = ("model.vision_tower.", "model.multi_modal_projector.")

    def grid(self, height: int, width: int) -> tuple[int, int]:
        return CELLS, CELLS

    def ask(self, rng, scene, stage) -> list[questions.Question]:
        return ask(rng, scene, stage.yes_no)

    def shown(self, picture: np.ndarray) -> np.ndarray:
        return clip_pictures.shown(picture)

    def picture_positions(self, begin: int, grid: tuple[int, int]) -> tuple[np.ndarray, int]:
        after = begin + CELLS**2
        return np.arange(begin, after)[None], after

    def train_tokenizer(self, seed: int):
        return llava_tokenizer.train(seed, self.sizes[0], functools.partial(ask, yes_no=2))

    def fresh_model(self, tokenizer) -> LlavaForConditionalGeneration:
        model = LlavaForConditionalGeneration._from_config(configuration(tokenizer), attn_implementation="eager")
        set_random_weights(model, ("o_proj.weight", "down_proj.weight", "out_proj.weight", "fc2.weight"))
        return model

    def see(self, model, batch: Batch) -> Seen:
        tower = model.model.vision_tower.vision_model
        x = clip_pictures.embed(tower, batch.pixels)
        blocks = []
        for block in tower.encoder.layers[:FEATURE_LAYER + 1]:
            x = block(x, None, None)[0]
            blocks.append(x[:, 1:])
        return Seen(model.model.multi_modal_projector(blocks[-1]), blocks)

    def picture_inputs(self, pixels: Tensor) -> dict[str, Tensor]:
        return {"pixel_values": clip_pictures.pixel_values(pixels)}

    def save_processor(self, tokenizer, folder: pathlib.Path) -> None:
        processor = LlavaProcessor(
            clip_pictures.image_processor(), tokenizer, patch_size=PATCH, vision_feature_select_strategy="default",
            num_additional_image_tokens=1)
        with tempfile.TemporaryDirectory() as everything:
            processor.save_pretrained(everything)
            for name in ("preprocessor_config.json", "processor_config.json"):
                (folder / name).write_bytes((pathlib.Path(everything) / name).read_bytes())

    def read_picture(self, folder: pathlib.Path, picture) -> tuple[dict, tuple[int, int]]:
        features = CLIPImageProcessor.from_pretrained(folder)(images=[picture], return_tensors="pt")
        return dict(features), (CELLS, CELLS)
