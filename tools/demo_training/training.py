"""The three stages of training. Each leaves its state in a file, so that it need not be repeated.

1. tower: the vision tower alone, read by throw-away heads. Without it shapes are not learnt.
2. joint: everything, with the heads still on, and the attention of one layer supervised with boxes.
3. refine: the language model on the finished tower, from a lower learning rate, with no scene of a single shape; the
   row that begins an answer is made to know what was asked.

Matrices are trained by Muon, the rest by AdamW. Batches are drawn by a second process while the first computes.
"""

import dataclasses
import pathlib
import time

import torch
from torch import nn
from torch.utils.data import DataLoader

from . import checkpoint, losses, network
from .batches import IGNORE, Batch, Batches, Packer
from .family import Family
from .stages import JOINT, REFINE, TOWER, Stage

LARGEST_GRADIENT = 1.0  # norm of all of them
REPORT_EVERY = 50  # steps
HEADS_WEIGHT, PLACE_WEIGHT, POINTING_WEIGHT, ASKED_WEIGHT = 0.5, 0.3, 0.3, 0.3  # beside 1 for the answers


@dataclasses.dataclass
class Learner:
    family: Family
    model: nn.Module
    heads: network.ThrowAwayHeads

    @classmethod
    def fresh(cls, family: Family, tokenizer) -> "Learner":
        model = family.fresh_model(tokenizer)
        config = model.config
        heads = network.ThrowAwayHeads(config.vision_config.hidden_size, config.text_config.hidden_size)
        return cls(family, model, heads)

    def save(self, path: pathlib.Path) -> None:
        torch.save({"model": self.model.state_dict(), "heads": self.heads.state_dict()}, path)

    def load(self, path: pathlib.Path) -> None:
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.heads.load_state_dict(state["heads"])


def optimizers(stage: Stage, learner: Learner) -> list[torch.optim.Optimizer]:
    """Of what the stage trains; the rest is frozen."""
    tower = stage.name != REFINE
    named = [(name, weight) for name, weight in learner.model.named_parameters()
             if stage.name == JOINT or name.startswith(learner.family.tower_modules) == tower]
    for weight in learner.model.parameters():
        weight.requires_grad_(False)
    for _, weight in named:
        weight.requires_grad_(True)
    matrices = [weight for name, weight in named if weight.ndim == 2 and "embed" not in name and "lm_head" not in name]
    of_muon = {id(weight) for weight in matrices}
    rest = [weight for _, weight in named if id(weight) not in of_muon] + list(learner.heads.parameters())
    return [
        torch.optim.Muon(matrices, lr=stage.muon_rate, weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(rest, lr=stage.adam_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


Parts = tuple[torch.Tensor, dict[str, torch.Tensor]]  # a loss, and what is printed of it


def tower_loss(learner: Learner, stage: Stage, batch: Batch, seen: network.Seen) -> Parts:
    parts = losses.vision(learner.heads, seen, batch)
    return sum(parts.values()), parts


def answer_loss(
    learner: Learner, stage: Stage, batch: Batch, seen: network.Seen
) -> tuple[torch.Tensor, network.Read, dict[str, torch.Tensor]]:
    """Without what only one stage asks for."""
    read = network.read(learner.model, batch, seen)
    logits = learner.model.lm_head(read.hidden[batch.text.target != IGNORE])
    parts = {
        "answers": losses.answers(logits, batch, stage.questions_alike),
        "place": losses.place(learner.heads, read, batch),
        "pointing": losses.pointing(read, batch),
    }
    total = parts["answers"] + PLACE_WEIGHT * parts["place"] + POINTING_WEIGHT * parts["pointing"]
    accuracy = losses.token_accuracy(logits, batch, learner.family.kinds)
    return total, read, parts | {f"{kind}%": 100 * share for kind, share in accuracy.items()}


def joint_loss(learner: Learner, stage: Stage, batch: Batch, seen: network.Seen) -> Parts:
    total, _, shown = answer_loss(learner, stage, batch, seen)
    visible, parts = tower_loss(learner, stage, batch, seen)
    return total + HEADS_WEIGHT * visible, shown | parts


def refine_loss(learner: Learner, stage: Stage, batch: Batch, seen: network.Seen) -> Parts:
    total, read, shown = answer_loss(learner, stage, batch, seen)
    asked = losses.asked(learner.heads, read, batch)
    return total + ASKED_WEIGHT * asked, shown | {"asked": asked}


class Progress:
    """Prints means over the last steps, and what the stage still needs at this pace."""

    def __init__(self, stage: Stage):
        self.stage, self.begin, self.sums = stage, time.monotonic(), {}

    def add(self, step: int, parts: dict[str, torch.Tensor]) -> None:
        for name, value in parts.items():
            self.sums.setdefault(name, []).append(value.item())
        if (step + 1) % REPORT_EVERY and step + 1 != self.stage.steps:
            return
        spent = time.monotonic() - self.begin
        left = spent / (step + 1) * (self.stage.steps - step - 1)
        means = " ".join(f"{name} {sum(values) / len(values):.3g}" for name, values in self.sums.items())
        print(f"{self.stage.name} {step + 1}/{self.stage.steps} {spent / 60:.1f} min, {left / 60:.1f} left: {means}",
              flush=True)
        self.sums = {}


def run(stage: Stage, learner: Learner, seed: int, packer: Packer) -> None:
    data = Batches(learner.family, seed, stage, None if stage.name == TOWER else packer)
    steppers = optimizers(stage, learner)
    full_rates = [stepper.param_groups[0]["lr"] for stepper in steppers]
    weights = [weight for stepper in steppers for weight in stepper.param_groups[0]["params"]]
    loss_of = {TOWER: tower_loss, JOINT: joint_loss, REFINE: refine_loss}[stage.name]
    progress = Progress(stage)
    for step, batch in enumerate(DataLoader(data, batch_size=None, num_workers=1, prefetch_factor=4)):
        for stepper, full in zip(steppers, full_rates):
            stepper.param_groups[0]["lr"] = full * stage.rate(step)
            stepper.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            loss, parts = loss_of(learner, stage, batch, learner.family.see(learner.model, batch))
        loss.backward()
        nn.utils.clip_grad_norm_(weights, LARGEST_GRADIENT)
        for stepper in steppers:
            stepper.step()
        progress.add(step, parts)


def train(family: Family, seed: int, state: pathlib.Path, out: pathlib.Path, resume: bool) -> None:
    """Writes the checkpoint to `out`; with `resume`, stages whose file is in `state` are not repeated."""
    # One thread: sums are then always in one order, and a busy machine does not make threads wait for each other.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    state.mkdir(parents=True, exist_ok=True)
    tokenizer = family.train_tokenizer(seed)
    packer = Packer(family, tokenizer)
    learner = Learner.fresh(family, tokenizer)
    example = Stage("check", number=0, steps=1, scenes=2, warm_up=1, last_rate=1, shapes=(2, 4))
    network.check(family, learner.model, Batches(family, seed, example, packer)[0])
    for stage in family.stages:
        file = state / f"{stage.name}.pt"
        if resume and file.exists():
            learner.load(file)
            continue
        run(stage, learner, seed, packer)
        learner.save(file)
    checkpoint.save(family, learner.model, tokenizer, out)
