"""Grounds to draw scenes on: patterns computed here, in two pale colours. No picture of anybody is used.

A pattern is a field of values in 0..1, height × width, which mixes the two colours. The patterns of EVALUATION are
never seen in training.
"""

import numpy as np

LARGEST_TINT = 22  # of a channel, away from grey: the ground is never as colourful as a shape


def smooth(steps: np.ndarray) -> np.ndarray:
    return steps * steps * (3 - 2 * steps)


def between(knots: int, length: int) -> np.ndarray:
    """length × knots: weights that interpolate smoothly between equally spaced knots."""
    at = np.linspace(0, knots - 1, length, endpoint=False)
    left = at.astype(int)
    share = smooth(at - left)
    weights = np.zeros((length, knots), np.float32)
    weights[np.arange(length), left] = 1 - share
    weights[np.arange(length), left + 1] += share
    return weights


def axes(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return y, x


def along(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Distance of every pixel, in pixels, in a random direction."""
    y, x = axes(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle)


def along_and_across(rng, height, width):
    y, x = axes(height, width)
    angle = rng.uniform(0, np.pi / 2)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def flat(rng, height, width):
    return np.zeros((height, width), np.float32)


def grain(rng, height, width):
    return rng.random((height, width), np.float32)


def gradient(rng, height, width):
    field = along(rng, height, width)
    return (field - field.min()) / (field.max() - field.min())


def clouds(rng, height, width):
    """Value noise of several octaves."""
    field = np.zeros((height, width), np.float32)
    knots, weight = int(rng.integers(3, 6)), 1.0
    for _ in range(int(rng.integers(1, 5))):
        field += weight * between(knots, height) @ rng.random((knots, knots), np.float32) @ between(knots, width).T
        knots, weight = knots * 2 - 1, weight * rng.uniform(0.4, 0.8)
    return (field - field.min()) / (field.max() - field.min())


def stripes(rng, height, width):
    phase = along(rng, height, width) / rng.uniform(5, 40) + rng.random()
    return (phase % 1 < rng.uniform(0.2, 0.8)).astype(np.float32)


def blobs(rng, height, width):
    y, x = axes(height, width)
    field = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(3, 12))):
        r = rng.uniform(6, 40)
        distance = np.hypot(y - rng.uniform(0, height), x - rng.uniform(0, width))
        field = np.maximum(field, rng.random() * np.clip((r - distance) / rng.uniform(1, r), 0, 1))
    return field


def scratches(rng, height, width):
    """Straight strokes of several widths and strengths."""
    field = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(4, 20))):
        distance = along(rng, height, width)
        offset = rng.uniform(distance.min(), distance.max())
        field[np.abs(distance - offset) < rng.uniform(0.5, 4)] = rng.random()
    return field


def blocks(rng, height, width):
    """Upright rectangles over each other."""
    field = np.full((height, width), rng.random(), np.float32)
    for _ in range(int(rng.integers(4, 25))):
        top, left = int(rng.integers(-20, height)), int(rng.integers(-20, width))
        bottom, right = top + int(rng.integers(8, 90)), left + int(rng.integers(8, 90))
        field[max(top, 0):max(bottom, 0), max(left, 0):max(right, 0)] = rng.random()
    return field


def shards(rng, height, width):
    """The plane cut by straight lines, each piece of its own value."""
    field = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(2, 9))):
        distance = along(rng, height, width)
        side = distance > rng.uniform(distance.min(), distance.max())
        field += np.where(side, rng.uniform(-1, 1), 0).astype(np.float32)
    return (field - field.min()) / max(field.max() - field.min(), 1e-6)


def checkers(rng, height, width):
    side = rng.uniform(9, 40)
    a, b = along_and_across(rng, height, width)
    return ((np.floor(a / side) + np.floor(b / side)) % 2).astype(np.float32)


def rings(rng, height, width):
    y, x = axes(height, width)
    distance = np.hypot(y - rng.uniform(0, height), x - rng.uniform(0, width))
    return (distance / rng.uniform(10, 40) % 1 < rng.uniform(0.3, 0.7)).astype(np.float32)


def cells(rng, height, width):
    """Voronoi cells around random seeds."""
    y, x = axes(height, width)
    count = int(rng.integers(6, 25))
    seeds = np.column_stack((rng.uniform(0, height, count), rng.uniform(0, width, count)))
    nearest = np.argmin([np.hypot(y - sy, x - sx) for sy, sx in seeds], axis=0)
    return rng.random(count).astype(np.float32)[nearest]


def weave(rng, height, width):
    """Two waves across each other."""
    a, b = along_and_across(rng, height, width)
    return (2 + np.sin(2 * np.pi * a / rng.uniform(12, 50)) + np.sin(2 * np.pi * b / rng.uniform(12, 50))) / 4


TRAINING = (flat, grain, gradient, clouds, stripes, blobs, scratches, blocks, shards)
EVALUATION = (checkers, rings, cells, weave)


def pale(rng: np.random.Generator) -> np.ndarray:
    return np.clip(rng.uniform(15, 240) + rng.uniform(-LARGEST_TINT, LARGEST_TINT, 3), 0, 255)


def draw(rng: np.random.Generator, patterns, height: int, width: int) -> np.ndarray:
    """A ground of one of the patterns, uint8 height × width × 3; in training some get grain as well."""
    pattern = patterns[rng.integers(len(patterns))]
    first, second = pale(rng), pale(rng)
    if pattern is grain:
        second = first + rng.uniform(10, 40) * np.sign(128 - first.mean())
    field = pattern(rng, height, width)[..., None]
    ground = first + field * (second - first)
    if patterns is TRAINING and rng.random() < 0.3:
        ground = ground + rng.uniform(-18, 18, (height, width, 1))
    return np.clip(ground, 0, 255).astype(np.uint8)
