"""QA-ViT: square pictures, a CLIP tower whose later half sees the question, a BERT that reads it."""

import functools
import pathlib

import numpy as np
from transformers import BertConfig

from .. import clip_pictures, questions
from ..batches import Batch
from ..clip_pictures import CELLS, PATCH, SIDE
from ..family import Family
from ..question_aware import checkpoint, evaluation, losses, network
from ..question_aware.packing import QuestionPacker
from ..question_aware.wording import MOST_TOKENS, reworded
from ..scenes import Scene
from ..stages import JOINT, TOWER, Stage
from . import qavit_tokenizer

ABOUT = 4  # questions of a scene about what is there, of one shape after the other
VISION = {
    "hidden_size": 96, "intermediate_size": 384, "num_hidden_layers": 8, "num_attention_heads": 4, "image_size": SIDE,
    "patch_size": PATCH, "projection_dim": 96,
}


def ask(rng: np.random.Generator, scene: Scene) -> list[questions.Question]:
    """So that nothing but the question tells which of the shapes is meant, and no kind of question gives it away."""
    order = rng.permutation(len(scene.shapes))
    asked = [questions.about(rng, scene, int(order[i % len(order)])) for i in range(ABOUT)]
    asked += [questions.ask_exist(rng, scene), questions.ask_match(rng, scene)]
    return [reworded(rng, question) for question in asked]


class QAViT(Family):
    """Trained in two stages.

    1. tower: the layers that see no question, read by throw-away heads.
    2. joint: everything, with the heads still on. Answers are read from the last layer by a head that is thrown away,
       and the class token's attention of that layer is supervised with boxes.
    """

    name = "qavit"
    sizes = clip_pictures.SCENES
    patches_on_side = 1
    kinds = tuple(kind for kind in questions.KINDS if kind != "describe")
    stages = (
        Stage(TOWER, number=4, steps=1500, scenes=32, warm_up=40, last_rate=0.3),
        Stage(JOINT, number=5, steps=2500, scenes=16, warm_up=60, last_rate=0.01),
    )

    def grid(self, height: int, width: int) -> tuple[int, int]:
        return CELLS, CELLS

    def ask(self, rng, scene, stage) -> list[questions.Question]:
        return ask(rng, scene)

    def shown(self, picture: np.ndarray) -> np.ndarray:
        return clip_pictures.shown(picture)

    def train_tokenizer(self, seed: int):
        return qavit_tokenizer.train(seed, self.sizes[0], ask)

    def packer(self, tokenizer) -> QuestionPacker:
        return QuestionPacker(self, tokenizer)

    def fresh_model(self, tokenizer) -> network.QAViT:
        return network.QAViT(VISION, BertConfig(
            vocab_size=len(tokenizer), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
            intermediate_size=256, max_position_embeddings=MOST_TOKENS, type_vocab_size=1,
            pad_token_id=tokenizer.pad_token_id, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0))

    def fresh_heads(self, model: network.QAViT) -> network.ThrowAwayHeads:
        return network.ThrowAwayHeads(VISION["hidden_size"])

    def check(self, model: network.QAViT, batch: Batch) -> None:
        network.check(model, batch)

    def trains(self, stage: Stage, name: str) -> bool:
        aware = tuple(f"vision.vision_model.encoder.layers.{i}." for i in
                      range(VISION["num_hidden_layers"] // 2, VISION["num_hidden_layers"]))
        return stage.name == JOINT or name.startswith("vision.") and not name.startswith(aware)

    def loss(self, stage: Stage):
        return losses.tower if stage.name == TOWER else functools.partial(losses.joint, self.kinds)

    def save(self, model: network.QAViT, tokenizer, folder: pathlib.Path) -> None:
        checkpoint.save(model, tokenizer, folder)

    def evaluate(self, folder: pathlib.Path, data_set: pathlib.Path) -> None:
        evaluation.evaluate(folder, data_set)
