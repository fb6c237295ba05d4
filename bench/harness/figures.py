"""What a row measured, and the project's goals for it."""

from dataclasses import dataclass, field


@dataclass
class Figure:
    """One ratio. `goals` are (must, aim); with `at_most` a smaller ratio is better."""

    name: str
    ours: str
    theirs: str
    ratio: float
    goals: tuple[float, float] | None = None
    at_most: bool = False


@dataclass
class Side:
    """A side of one piece of work: seconds and MiB, and for a prefill the share of the machine's product rate."""

    row: str
    name: str
    seconds: float
    peak_mib: float
    share: float | None = None


@dataclass
class Measured:
    figures: list[Figure] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)


# Ratios by row and side: (must, aim).
GOALS = {
    "prefill-bfloat16-1255": {"eager": (4, 6), "tuned": (1.3, 1.8), "sdpa": (1.5, 2.2)},
    "prefill-bfloat16-3535": {"eager": (4, 6), "sdpa": (1.5, 2.5)},
    "prefill-float32-1255": {"eager": (3, 4), "sdpa": (1.5, 2)},
    "prefill-3b-bfloat16-1255": {"eager": (1.7, 2), "sdpa": (1.15, 1.3)},
}
MEMORY_GOALS = {"prefill-bfloat16-3535": (0.35, 0.25)}
CAPTURE_GOALS = (1.05, 1.01)
START_GOALS = (10, 15)
GENERATION_GOALS = {"bfloat16": (1.8, 2.5), "float32": (1.4, 2)}
HEAD_STATISTICS_GOALS = {"eager with loops": (1.6, 2.2), "plain sdpa": (1.4, 2)}
GRADCAM_GOALS = {"bfloat16": {"as published": (14, 22), "best form": (1.2, 1.7)}, "float32": {"best form": (1.5, 2)}}
QAVIT_GOALS = (1.2, 2)
RANKING_GOALS = {"one forward a pair": (5, 10)}
FAITHFULNESS_GOALS = {"batched": (2, 4)}
FILM_GOALS = {"as published": (4, 10), "best": (4, 10)}
GRADCAM_MEMORY_GOALS = (1, 1)
