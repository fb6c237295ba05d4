"""The tokenizer of the LLaVA: a small BPE with byte fallback in the newer Llama pipeline, trained on our sentences."""

import pathlib

from tokenizers import pre_tokenizers
from transformers import LlamaTokenizerFast

from fixtures.tiny_llava.vocabulary import FIRST, LAST, SPACE, pipeline, special
from fixtures.tiny_llava.vocabulary import train as train_vocabulary

from .. import corpus

LEARNED = 1024 - len(FIRST) - len(LAST)
TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "tiny_llava" / "chat_template.jinja"
# Words keep the space before them; there is none before the first word of a line, as after the picture's line end.
WORDS = pre_tokenizers.Sequence([
    pre_tokenizers.Split("\n", behavior="removed"),
    pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="never", split=True),
    pre_tokenizers.Punctuation(behavior="isolated"),
])


def sentences(seed: int, size: tuple[int, int], ask) -> list[str]:
    """In ASCII only: what else there is, line ends among it, is left to the bytes."""
    prose = [line for line in corpus.prose() if line.isascii()]
    of_scenes = corpus.of_scenes(seed, size, ask)
    answers = [" " + line for line in of_scenes]
    return prose + of_scenes + answers + [" USER: x ASSISTANT: x"] * corpus.SCENES


def train(seed: int, size: tuple[int, int], ask) -> LlamaTokenizerFast:
    vocabulary, merges = train_vocabulary(sentences(seed, size, ask), LEARNED, WORDS)
    corpus.require(len(vocabulary), len(FIRST) + LEARNED)
    bpe = pipeline(vocabulary, merges, legacy=False, added=[special(token) for token in FIRST[:3] + LAST])
    return LlamaTokenizerFast(
        tokenizer_object=bpe, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="<pad>", legacy=False,
        model_max_length=2048, clean_up_tokenization_spaces=False, chat_template=TEMPLATE.read_text(encoding="utf-8"),
    )
