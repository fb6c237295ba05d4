"""A film of an answer of about a hundred tokens, from its stored steps: whole processes."""

import json
import statistics
import subprocess

from . import processes
from .environment import ROOT, Environment
from .figures import FILM_GOALS, Figure, Measured, Side

ANSWER = " ".join(["a red star on the left and a green circle on the right,"] * 8)
LAYER = "3"
WAYS = ("as published", "best")


class Film:
    name = "film"

    def measure(self, environment: Environment, runs: int) -> Measured:
        out, picture = environment.scratch / "steps", ROOT / "demo/pictures/landscape.png"
        subprocess.run([str(environment.program), "run", "--model", str(ROOT / "demo/qwen2_5_vl"), "--image", str(picture),
                        "--prompt", "Describe the picture.", "--answer", ANSWER, "--method",
                        f"raw-attention:query=generated,layers={LAYER}", "--out", str(out), "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        sample = next((out / "samples").iterdir())
        record = json.loads((sample / "sample.json").read_text())
        frames = sum(1 for _, _, segment in record["tokens"] if segment == "given_answer")
        commands = {"Ocellus": [str(environment.program), "render", str(out), "--render", "mp4", "--quiet"]}
        for way in WAYS:
            commands[way] = [environment.python, str(ROOT / "bench/python/film.py"), str(sample), str(picture), LAYER,
                             str(environment.scratch / "film.mp4"), way.removeprefix("as ")]
        for command in commands.values():  # not counted: files into the page cache
            processes.whole(command, environment.clock)
        turns = [{name: processes.whole(command, environment.clock) for name, command in commands.items()}
                 for _ in range(runs)]
        medians = {name: statistics.median(turn[name][0] for turn in turns) for name in commands}
        result = Measured()
        for way in WAYS:
            ratio = statistics.median(turn[way][0] / turn["Ocellus"][0] for turn in turns)
            result.figures.append(Figure(f"film of {frames} frames against {way}", f"{medians['Ocellus']:.2f} s",
                                         f"{medians[way]:.2f} s", ratio, FILM_GOALS.get(way)))
        for name in commands:
            result.sides.append(Side(self.name, name, medians[name], statistics.median(turn[name][1] for turn in turns)))
        return result
