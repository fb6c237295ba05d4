#!/usr/bin/env python3
"""The Python way to a film of an answer: the frames of the renderer mp4 with PIL, the file with imageio (FFmpeg, libx264).

    film.py SAMPLE PICTURE LAYER OUT published|best

SAMPLE is a folder with sample.json and a token-steps/1 artifact: both sides read the same stored steps. Ways:
  published  as the tool that makes such films works: every frame lays the text out anew, colours cells over the picture in its
             own size and scales the result (LANCZOS); the encoder has imageio's settings
  best       text laid out once, picture scaled once, the encoder's settings are ours
Measured by bench/run.
"""

import json
import pathlib
import sys

import imageio.v2
import numpy
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN, HEADER, FOOTER = 1280, 720, 16, 95, 37
TEXT, LINE = 20, 24
LOW, HIGH, CURRENT, GREY = numpy.array([224, 0, 0]), numpy.array([0, 150, 0]), (30, 90, 255), (85, 85, 85)
ALPHA = 128
START = "Based on the following requirements"


def coloured(values: numpy.ndarray, low: float, high: float) -> list[tuple[int, ...]]:
    share = (values - low) / (high - low) if high > low else numpy.zeros_like(values)
    return [tuple(colour) for colour in numpy.rint(LOW + share[:, None] * (HIGH - LOW)).astype(int).tolist()]


def laid_out(units: list[str], font: ImageFont.FreeTypeFont, width: int) -> list[tuple[int, int]]:
    """Left and line of each unit."""
    places, x, line = [], 0, 0
    for unit in units:
        length = font.getlength(unit.replace("\n", ""))
        if "\n" in unit or x + length > width:
            x, line = 0, line + 1
        places.append((int(x), line))
        x += length
    return places


def key(draw: ImageDraw.ImageDraw, x: int, y: int, what: str, low: float, high: float, font: ImageFont.FreeTypeFont) -> None:
    left = f"{what} {low:.2g}"
    draw.text((x, y), left, GREY, font)
    x += int(font.getlength(left)) + 7
    for at, colour in enumerate(coloured(numpy.linspace(0, 1, 120), 0, 1)):
        draw.line((x + at, y + 3, x + at, y + 13), colour)
    draw.text((x + 127, y), f"{high:.2g}", GREY, font)


def main() -> None:
    sample, picture, layer, out, way = sys.argv[1:]
    published = way == "published"
    record = json.loads((pathlib.Path(sample) / "sample.json").read_text())
    artifact = next(entry for entry in record["artifacts"] if entry["type"] == "token-steps/1")
    steps = numpy.load(pathlib.Path(sample) / artifact["file"])
    place = steps["layers"].tolist().index(int(layer))
    text = artifact["texts"]["text"].encode()
    group, offsets = steps["group"], steps["offsets"]
    firsts = numpy.unique(group, return_index=True)[1]
    words = [text[begin:end].decode(errors="replace") for begin, end in offsets[firsts]]
    shown = [int(group[token]) for token, stop in zip(steps["tokens"], steps["is_stop"]) if not stop]
    begin = text.find(START.encode())
    start = next(unit for unit, end in enumerate(offsets[firsts][:, 1]) if end > begin) if begin >= 0 else shown[0]
    weights, cells = steps["weights"][place], steps["image0"][place]

    bold, font, small = (ImageFont.truetype(f"DejaVuSans{kind}.ttf", size)
                         for kind, size in (("-Bold", 19), ("", TEXT), ("", 14)))
    inner = WIDTH - 2 * MARGIN
    text_width, panel_height = (inner - MARGIN) // 2, HEIGHT - HEADER - FOOTER
    places = laid_out(words[start:shown[-1] + 1], font, text_width)
    left = MARGIN + text_width + MARGIN
    source = Image.open(picture).convert("RGB")
    scale = min((WIDTH - MARGIN - left) / source.width, panel_height / source.height)
    size = round(source.width * scale), round(source.height * scale)
    base = (source if published else source.resize(size, Image.Resampling.LANCZOS)).convert("RGBA")
    rows, columns = cells.shape[1:]
    across = [round(base.width * k / columns) for k in range(columns + 1)]
    down = [round(base.height * k / rows) for k in range(rows + 1)]

    settings = {"quality": 5} if published else {
        "quality": None, "output_params": ["-preset", "veryfast", "-x264-params", "me=dia:subme=0:scenecut=0:weightp=0:rc-lookahead=2", "-crf",
                                             "20", "-bf", "0", "-g", "10", "-movflags", "+faststart"]}
    writer = imageio.v2.get_writer(out, format="FFMPEG", fps=2, codec="libx264", pixelformat="yuv420p", macro_block_size=2,
                                   **settings)
    for step, current in enumerate(shown):
        frame = Image.new("RGB", (WIDTH, HEIGHT), "white")
        draw = ImageDraw.Draw(frame)
        probability = f" · probability {numpy.exp(steps['log_probability'][step]):.2g}" if "log_probability" in steps else ""
        draw.text((MARGIN, 16), f"step {step}/{len(shown) - 1} · “{words[current]}” · layer {layer}{probability}", "black", bold)
        draw.text((MARGIN, 45), "attention of the row that produced the blue word (align=produced)", GREY, small)
        draw.text((MARGIN, 66), f"{record['model']} · {artifact['label']}", GREY, small)

        sums = numpy.bincount(group, weights[step], len(words))[start:current]
        low, high = (sums.min(), sums.max()) if len(sums) else (0, 0)
        colours = [*coloured(sums, low, high), CURRENT]
        if published:
            places = laid_out(words[start:current + 1], font, text_width)
        first = max(0, places[current - start][1] - panel_height // LINE + 1)
        for word, (x, line), colour in zip(words[start:current + 1], places, colours):
            if line >= first:
                draw.text((MARGIN + x, HEADER + (line - first) * LINE), word.replace("\n", ""), colour, font)
        key(draw, MARGIN, HEIGHT - FOOTER, "words", low, high, small)

        values = cells[step].ravel()
        overlay = Image.new("RGBA", base.size, (0, 0, 0, 0))
        over = ImageDraw.Draw(overlay)
        for cell, colour in enumerate(coloured(values, values.min(), values.max())):
            row, column = divmod(cell, columns)
            over.rectangle((across[column], down[row], across[column + 1] - 1, down[row + 1] - 1), (*colour, ALPHA))
        tile = Image.alpha_composite(base, overlay)
        lines = Image.new("RGBA", base.size, (0, 0, 0, 0))
        over = ImageDraw.Draw(lines)
        for x in across[1:-1]:
            over.line((x, 0, x, base.height), (0, 0, 0, ALPHA))
        for y in down[1:-1]:
            over.line((0, y, base.width, y), (0, 0, 0, ALPHA))
        tile = Image.alpha_composite(tile, lines).convert("RGB")
        frame.paste(tile.resize(size, Image.Resampling.LANCZOS) if published else tile, (left, HEADER))
        key(draw, left, HEIGHT - FOOTER, "cells", values.min(), values.max(), small)
        writer.append_data(numpy.asarray(frame))
    writer.close()


main()
