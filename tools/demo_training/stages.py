"""What a stage of training does, as numbers."""

import dataclasses
import math

TOWER, JOINT, REFINE = "tower", "joint", "refine"  # what they do is told where a kind of model has its losses


@dataclasses.dataclass(frozen=True)
class Stage:
    name: str
    number: int  # selects the stream of scenes
    steps: int
    scenes: int  # of a step
    warm_up: int  # steps
    last_rate: float  # share of the learning rate that is left at the end
    shapes: tuple[int, ...] = (1, 2, 2, 3, 3, 4, 4)  # how many a scene has, each as likely
    muon_rate: float = 0.02
    adam_rate: float = 2e-3
    questions_alike: bool = False  # in the loss every answer counts the same; otherwise every token of one
    yes_no: int = 0  # how many questions in MME's words a scene gets, beside one of each of the other kinds

    def rate(self, step: int) -> float:
        """Share of the full learning rate at a step: a linear rise, then half a cosine down to the last rate."""
        fall = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return min(1.0, (step + 1) / self.warm_up) * (self.last_rate + (1 - self.last_rate) * fall)
