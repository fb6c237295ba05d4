"""Which map can be trusted: curves of five maps of a picture, seconds."""

import statistics

from . import processes
from .environment import ROOT, Environment
from .figures import FAITHFULNESS_GOALS, Figure, Measured, Side

WIDTH, HEIGHT = 448, 420  # 281 tokens with the words
QUESTION = "What color is the star?"
STEPS, MAPS = 12, 5
CONTROLS = 2  # random and centre, of which a map is never without
BATCH = 2 * (STEPS - 1)  # the inner points of a map's two curves
TURNS = 2  # at most: one of all sides takes about five minutes


class Faithfulness:
    name = "faithfulness"
    sides = {"batched": BATCH, "one by one": 1}

    def measure(self, environment: Environment, runs: int) -> Measured:
        model = environment.checkpoint("small", "bfloat16")
        picture = str(environment.picture(WIDTH, HEIGHT, suffix="png"))
        self.count = 0

        def ours() -> list[str]:
            self.count += 1
            layers = "+".join(str(layer) for layer in range(MAPS))
            return [str(environment.program), "run", "--model", str(model), "--image", picture, "--prompt", QUESTION, "--method",
                    f"raw-attention:layers={layers}", f"--faithfulness:steps={STEPS},seeds=1", "--out",
                    str(environment.scratch / f"faithfulness{self.count}"), "--quiet", "--threads", str(environment.threads)]

        def theirs(batch: int):
            return lambda: [environment.python, str(ROOT / "bench/python/faithfulness.py"), str(model), picture, QUESTION,
                            str(STEPS), str(MAPS + CONTROLS), str(batch), str(environment.threads),
                            str(environment.scratch / "faithfulness.json")]

        commands = {"Ocellus": ours} | {name: theirs(batch) for name, batch in self.sides.items()}
        times: dict[str, list[float]] = {name: [] for name in commands}
        peaks: dict[str, float] = {}
        for _ in range(min(runs, TURNS)):
            for name, command in commands.items():
                seconds, peaks[name] = processes.whole(command(), environment.clock)
                times[name].append(seconds)
        medians = {name: statistics.median(values) for name, values in times.items()}
        result = Measured()
        for name in self.sides:
            ratio = statistics.median(their / our for their, our in zip(times[name], times["Ocellus"]))
            result.figures.append(Figure(f"{self.name} of {MAPS} maps against {name}", f"{medians['Ocellus']:.1f} s",
                                         f"{medians[name]:.1f} s", ratio, FAITHFULNESS_GOALS.get(name)))
        for name in commands:
            result.sides.append(Side(self.name, name, medians[name], peaks[name]))
        return result
