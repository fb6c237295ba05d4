"""Questions as QA-ViT is given them (docs/qavit-format.md), and other words for those of questions.py."""

import dataclasses

import numpy as np

from ..questions import Question, choice, with_article

DELETED = str.maketrans("", "", '.!"()*#:;~')
MOST_WORDS = 50
MOST_TOKENS = 30  # with the special ones


def clean(question: str) -> str:
    """In lower case, without the marks that QA-ViT deletes, cut to its longest."""
    words = question.lower().translate(DELETED).rstrip(" ").split(" ")
    return " ".join(words[:MOST_WORDS])


OTHERS = {
    "color": ("Which color does the {shape} have?", "Tell me the color of the {shape}.", "The {shape} is of what color?"),
    "shape": ("Which shape is {color}?", "Tell me the shape of the {color} one.", "What is the {color} object?"),
    "where": ("Find the {color} {shape}.", "Show me the {color} {shape}.", "In which corner is the {color} {shape}?"),
    "exist": ("Can you see {one}?", "Do you see {one} in this image?", "Is {one} in the picture?"),
}


def reworded(rng: np.random.Generator, question: Question) -> Question:
    """In other words every second time, so that a user need not know the words of the questions it is measured with."""
    if question.kind not in OTHERS or rng.random() < 0.5:
        return question
    color, shape = question.asked_color, question.asked_shape
    one = with_article(color, shape) if color and shape else ""
    prompt = choice(rng, OTHERS[question.kind]).format(color=color, shape=shape, one=one)
    return dataclasses.replace(question, prompt=prompt)
