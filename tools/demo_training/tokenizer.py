"""The checkpoint's tokenizer: a small byte-level BPE in the Qwen2 pipeline, trained on our own sentences."""

import pathlib
import shutil
import tempfile

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import Qwen2TokenizerFast

from fixtures.tiny_qwen.vocabulary import PATTERN, SPECIAL

from . import backgrounds, questions, scenes

LEARNED = 1010  # bytes and merges; with the special tokens, 1024
SCENES = 800
SYSTEM = "system\nYou are a helpful assistant."
CORPUS = pathlib.Path(__file__).with_name("corpus.txt")
TEMPLATE = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "tiny_qwen" / "chat_template.jinja"


def sentences(seed: int) -> list[str]:
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    for i in range(SCENES):
        rng = np.random.default_rng([seed, i])
        scene = scenes.draw(rng, scenes.GRIDS[0], 3, (backgrounds.flat,))
        for question in questions.one_of_each(rng, scene):
            lines += [question.prompt, question.solution]
    return lines + [SYSTEM, "user\n", "assistant\n"] * SCENES


def train(seed: int) -> Qwen2TokenizerFast:
    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(sentences(seed), trainers.BpeTrainer(
        vocab_size=LEARNED, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    if bpe.get_vocab_size() != LEARNED:
        raise RuntimeError(f"the corpus is too poor for {LEARNED} tokens: it gave {bpe.get_vocab_size()}")
    bpe.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    return Qwen2TokenizerFast(
        tokenizer_object=bpe, unk_token=None, bos_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=SPECIAL[1:], model_max_length=2048, clean_up_tokenization_spaces=False,
        add_prefix_space=False, chat_template=TEMPLATE.read_text(encoding="utf-8"),
    )


def save(tokenizer: Qwen2TokenizerFast, folder: pathlib.Path) -> None:
    """tokenizer.json, tokenizer_config.json and the template; not the older files that repeat them."""
    with tempfile.TemporaryDirectory() as everything:
        tokenizer.save_pretrained(everything)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(pathlib.Path(everything) / name, folder / name)
    shutil.copyfile(TEMPLATE, folder / "chat_template.jinja")
