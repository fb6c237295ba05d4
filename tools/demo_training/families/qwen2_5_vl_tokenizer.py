"""The tokenizer of the Qwen2.5-VL: a small byte-level BPE in the Qwen2 pipeline, trained on our own sentences."""

import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import Qwen2TokenizerFast

from fixtures.tiny_qwen.vocabulary import PATTERN, SPECIAL

from .. import corpus, questions

LEARNED = 1010  # bytes and merges; with the special tokens, 1024
SYSTEM = "system\nYou are a helpful assistant."
TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "tiny_qwen" / "chat_template.jinja"


def sentences(seed: int, size: tuple[int, int]) -> list[str]:
    lines = corpus.prose() + corpus.of_scenes(seed, size, questions.one_of_each)
    return lines + [SYSTEM, "user\n", "assistant\n"] * corpus.SCENES


def train(seed: int, size: tuple[int, int]) -> Qwen2TokenizerFast:
    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(sentences(seed, size), trainers.BpeTrainer(
        vocab_size=LEARNED, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    corpus.require(bpe.get_vocab_size(), LEARNED)
    bpe.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    return Qwen2TokenizerFast(
        tokenizer_object=bpe, unk_token=None, bos_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=SPECIAL[1:], model_max_length=2048, clean_up_tokenization_spaces=False,
        add_prefix_space=False, chat_template=TEMPLATE.read_text(encoding="utf-8"),
    )
