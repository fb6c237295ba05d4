"""The rows of the benchmark."""

import json
import pathlib
import statistics

from . import processes
from .environment import PROMPT, ROOT, Environment
from .faithfulness import Faithfulness
from .figures import CAPTURE_GOALS, GENERATION_GOALS, GOALS, MEMORY_GOALS, START_GOALS, Figure, Measured, Side
from .film import Film
from .gradcam import GradCam
from .head_statistics import HeadStatistics
from .processes import Worker
from .qavit import QaVit
from .ranking import Ranking

PICTURES = {611: (672, 616), 1255: (784, 1176), 3535: (1344, 2016)}  # width and height that make so many tokens
PATCH = 14


def seconds(value: float) -> str:
    return f"{value:.3f} s" if value < 10 else f"{value:.1f} s"


def median_ratio(theirs: list[float], ours: list[float]) -> float:
    return statistics.median(their / our for their, our in zip(theirs, ours))


class Start:
    """A process from its start to the finished picture, on the demo model."""

    name = "start"

    def measure(self, environment: Environment, runs: int) -> Measured:
        model, image = str(ROOT / "demo/qwen2_5_vl"), str(ROOT / "demo/pictures/landscape.png")
        question = "What color is the star?"
        out = str(environment.scratch / "out")
        commands = [
            [str(environment.program), "run", "--model", model, "--image", image, "--prompt", question,
             "--max-new-tokens", "16", "--method", "raw-attention:layers=3", "--render", "overlay", "--out", out, "--fresh",
             "--quiet", "--threads", str(environment.threads)],
            [environment.python, str(ROOT / "bench/python/start_to_picture.py"), "--model", model, "--image", image,
             "--prompt", question, "--layer", "3", "--threads", str(environment.threads),
             "--out", str(environment.scratch / "picture.png")],
        ]
        for command in commands:  # not counted: files into the page cache
            processes.whole(command, environment.clock)
        turns = [[processes.whole(command, environment.clock) for command in commands] for _ in range(runs)]
        ours, theirs = ([turn[side][0] for turn in turns] for side in (0, 1))
        peaks = [statistics.median(turn[side][1] for turn in turns) for side in (0, 1)]
        return Measured([
            Figure("process start to picture", seconds(statistics.median(ours)), seconds(statistics.median(theirs)),
                   median_ratio(theirs, ours), START_GOALS),
            Figure("  its peak memory", f"{peaks[0]:.0f} MiB", f"{peaks[1]:.0f} MiB", peaks[0] / peaks[1], at_most=True)])


def open_workers(environment: Environment, shape: str, dtype: str, tokens: int, sides: list[str]) -> dict[str, Worker]:
    arguments = [str(environment.checkpoint(shape, dtype)), str(environment.picture(*PICTURES[tokens])), PROMPT, dtype,
                 str(environment.threads)]
    workers = {"ocellus": Worker([str(environment.worker), *arguments], environment.clock)}
    for side in sides:
        attention = "eager" if side == "tuned" else side
        workers[side] = Worker([environment.python, str(ROOT / "bench/python/prefill_worker.py"), *arguments, attention],
                               environment.clock, processes.KEPT_MEMORY if side in ("tuned", "rows") else None)
    counts = {name: worker.about["tokens"] for name, worker in workers.items()}
    assert len(set(counts.values())) == 1, f"the sides disagree about the prompt's length: {counts}"
    return workers


class Prefill:
    """A prefill of a loaded, warm model; explained = attention of all layers and heads, last row."""

    def __init__(self, dtype: str, tokens: int, shape: str = "small"):
        self.shape, self.dtype, self.tokens = shape, dtype, tokens
        self.name = f"prefill-{dtype}-{tokens}" if shape == "small" else f"prefill-{shape}-{dtype}-{tokens}"
        # Matrices of the longest prompt fit in the memory of one side only.
        self.sides = ["eager", "tuned", "rows", "sdpa"] if tokens < 3000 and shape == "small" else ["eager", "rows", "sdpa"]

    def measure(self, environment: Environment, runs: int) -> Measured:
        workers = open_workers(environment, self.shape, self.dtype, self.tokens, self.sides)
        ours = workers["ocellus"]
        work = {side: (workers[side], "plain" if side == "sdpa" else "explained") for side in self.sides}
        work |= {"Ocellus, plain": (ours, "plain"), "Ocellus": (ours, "explained")}
        for worker, command in work.values():  # warm
            worker.seconds(command)
        ours.ask("gemm")
        times: dict[str, list[float]] = {side: [] for side in work}
        rates = []
        for _ in range(runs if self.tokens < 3000 else min(runs, 3)):
            for side, (worker, command) in work.items():
                times[side].append(worker.seconds(command))
            rates.append(ours.ask("gemm")["cpu_gflops" if environment.clock == "cpu" else "gflops"])
        for worker in workers.values():
            worker.close()

        medians = {side: statistics.median(values) for side, values in times.items()}
        flops = prefill_flops(environment.checkpoint(self.shape, self.dtype), *PICTURES[self.tokens], ours.about["tokens"])
        result = Measured()
        for side, (worker, _) in work.items():
            share = flops / medians[side] / 1e9 / statistics.median(rates)
            result.sides.append(Side(self.name, side, medians[side], worker.peak_mib, share))
        goals = GOALS.get(self.name, {})
        for side in self.sides:
            result.figures.append(Figure(f"{self.name} against {side}", seconds(medians["Ocellus"]), seconds(medians[side]),
                                         median_ratio(times[side], times["Ocellus"]), goals.get(side)))
        peak, eager_peak = ours.peak_mib, workers["eager"].peak_mib
        result.figures.append(Figure(f"{self.name} peak memory against eager", f"{peak:.0f} MiB", f"{eager_peak:.0f} MiB",
                                     peak / eager_peak, MEMORY_GOALS.get(self.name), at_most=True))
        result.figures.append(Figure(f"{self.name} explained against plain", seconds(medians["Ocellus"]),
                                     seconds(medians["Ocellus, plain"]),
                                     statistics.median(a / b for a, b in zip(times["Ocellus"], times["Ocellus, plain"])),
                                     CAPTURE_GOALS, at_most=True))
        return result


class Generate:
    """Tokens per second after the prefill: the time of 65 tokens less the time of one."""

    tokens, made = 611, 64

    def __init__(self, dtype: str):
        self.dtype = dtype
        self.name = f"generate-{dtype}"

    def measure(self, environment: Environment, runs: int) -> Measured:
        workers = open_workers(environment, "small", self.dtype, self.tokens, ["sdpa", "eager"])
        rates: dict[str, list[float]] = {side: [] for side in workers}
        for turn in range(runs + 1):
            for side, worker in workers.items():
                first = worker.seconds("generate 1")
                rate = self.made / (worker.seconds(f"generate {self.made + 1}") - first)
                assert worker.last["steps"] == self.made + 1, f"{side} stopped after {worker.last['steps']} tokens"
                if turn > 0:  # the first is to get warm
                    rates[side].append(rate)
        for worker in workers.values():
            worker.close()
        medians = {side: statistics.median(values) for side, values in rates.items()}
        return Measured([Figure(f"{self.name} against {side}", f"{medians['ocellus']:.1f} tokens/s",
                                f"{medians[side]:.1f} tokens/s", median_ratio(rates["ocellus"], rates[side]),
                                GENERATION_GOALS[self.dtype] if side == "sdpa" else None) for side in ("sdpa", "eager")])


def prefill_flops(model: pathlib.Path, width: int, height: int, tokens: int) -> float:
    """Multiplications and additions that a prefill cannot do without."""
    text = json.loads((model / "config.json").read_text())
    vision = text["vision_config"]
    patches = width // PATCH * (height // PATCH)
    hidden, inner, layers = text["hidden_size"], text["intermediate_size"], text["num_hidden_layers"]
    kv = hidden // text["num_attention_heads"] * text["num_key_value_heads"]
    decoder = layers * (2 * tokens * (2 * hidden * hidden + 2 * hidden * kv + 3 * hidden * inner)
                        + 4 * hidden * tokens * (tokens + 1) / 2)
    v_hidden, v_inner = vision["hidden_size"], vision["intermediate_size"]
    full, unit = len(vision["fullatt_block_indexes"]), v_hidden * vision["spatial_merge_size"] ** 2
    window = (vision["window_size"] // PATCH) ** 2
    tower = vision["depth"] * 2 * patches * (4 * v_hidden * v_hidden + 3 * v_hidden * v_inner)
    tower += 4 * v_hidden * patches * (full * patches + (vision["depth"] - full) * window)
    tower += 2 * patches * 3 * vision["temporal_patch_size"] * PATCH * PATCH * v_hidden
    merger = 2 * patches / vision["spatial_merge_size"] ** 2 * (unit * unit + unit * hidden)
    return decoder + tower + merger


def all_rows(large: bool) -> list:
    prefills = [Prefill(dtype, tokens) for dtype in ("bfloat16", "float32") for tokens in PICTURES]
    return [Start(), *prefills, Generate("bfloat16"), Generate("float32"), HeadStatistics(), Ranking(), Faithfulness(), Film(),
            QaVit("qavit-b16", "float32", 4, 36), QaVit("qavit-l14", "float32", 2, 10), QaVit("qavit-l14", "bfloat16", 2, 10),
            *(GradCam(dtype, tokens, PICTURES[tokens])
              for dtype, tokens in (("bfloat16", 611), ("bfloat16", 1255), ("float32", 1255))),
            *([Prefill("bfloat16", 1255, shape="3b")] if large else [])]
