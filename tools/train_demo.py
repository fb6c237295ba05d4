#!/usr/bin/env python3
"""Trains the demo's checkpoints, draws their evaluation scenes, and measures them with transformers.

It needs an environment of its own, made once from the root of the repository:

    python3 -m venv .venv-train && .venv-train/bin/pip install -r tools/demo_training/requirements.txt

Then

    .venv-train/bin/python tools/train_demo.py train        demo/qwen2_5_vl; 39 minutes on 2 busy cores
    .venv-train/bin/python tools/train_demo.py scenes       demo/scenes
    .venv-train/bin/python tools/train_demo.py evaluate     answers and pointing on demo/scenes

and the same with `--model llava` before the verb for demo/llava (42 minutes) and demo/llava_scenes. `--model qavit` trains
demo/qavit (38 minutes), which answers nothing: its pointing is measured on demo/llava_scenes, and with `--dataset
demo/llava_scenes/pairs.json` how its map moves with the question. Besides,

    .venv-train/bin/python tools/train_demo.py mme          demo/mme
    .venv-train/bin/python tools/train_demo.py ranking      demo/ranking

What was cut short goes on with `train --resume`; the state is kept every 100 steps.

Everything is drawn and written by these scripts: scenes, questions, the tokenizer and its corpus. Batches follow from
the seed alone. Weights follow from it bit by bit on one kind of processor with the pinned versions; on another kind,
where torch sums in another order, they differ and are as good.
"""

import argparse
import os
import pathlib
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

ROOT = pathlib.Path(__file__).resolve().parents[1]
SCENES = {
    "qwen2_5_vl": ROOT / "demo" / "scenes", "llava": ROOT / "demo" / "llava_scenes",
    "qavit": ROOT / "demo" / "llava_scenes",
}


def family_of(options: argparse.Namespace):
    from demo_training.families import FAMILIES

    return FAMILIES[options.model]


def train(options: argparse.Namespace) -> None:
    from demo_training import training

    out = options.out or ROOT / "demo" / options.model
    training.train(family_of(options), options.seed, options.state / options.model, out, resume=options.resume)


def scenes(options: argparse.Namespace) -> None:
    from demo_training import evaluation_scenes

    evaluation_scenes.write(family_of(options), options.out or SCENES[options.model], options.count)


def evaluate(options: argparse.Namespace) -> None:
    folder = options.checkpoint or ROOT / "demo" / options.model
    family_of(options).evaluate(folder, options.dataset or SCENES[options.model] / "scenes.json")


def mme(options: argparse.Namespace) -> None:
    from demo_training import mme_set

    mme_set.write(options.out)


def ranking(options: argparse.Namespace) -> None:
    from demo_training import ranking_set

    ranking_set.write(family_of(options), options.out)


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=list(SCENES), default="qwen2_5_vl", help="which of the demo's models")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("train", help="train the checkpoint")
    verb.add_argument("--out", type=pathlib.Path, help="demo/MODEL by default")
    verb.add_argument("--seed", type=int, default=4)
    verb.add_argument("--state", type=pathlib.Path, default=ROOT / ".cache" / "demo-training",
                      help="where the state of training is kept, in a folder of the model's name")
    verb.add_argument("--resume", action="store_true", help="go on from the state that is there")
    verb.set_defaults(run=train)
    verb = verbs.add_parser("scenes", help="draw the evaluation scenes")
    verb.add_argument("--out", type=pathlib.Path, help="this folder is replaced")
    verb.add_argument("--count", type=int, default=60)
    verb.set_defaults(run=scenes)
    verb = verbs.add_parser("evaluate", help="measure answers and pointing in Python")
    verb.add_argument("--checkpoint", type=pathlib.Path, help="demo/MODEL by default")
    verb.add_argument("--dataset", type=pathlib.Path, help="a scenes.json, pairs.json or MME_test.json")
    verb.set_defaults(run=evaluate)
    verb = verbs.add_parser("mme", help="draw the data set in the form of MME's")
    verb.add_argument("--out", type=pathlib.Path, default=ROOT / "demo" / "mme", help="this folder is replaced")
    verb.set_defaults(run=mme)
    verb = verbs.add_parser("ranking", help="draw the pictures and queries of the retrieval")
    verb.add_argument("--out", type=pathlib.Path, default=ROOT / "demo" / "ranking", help="this folder is replaced")
    verb.set_defaults(run=ranking)
    return parser


if __name__ == "__main__":
    options = command_line().parse_args()
    sys.exit(options.run(options))
