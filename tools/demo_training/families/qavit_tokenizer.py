"""The tokenizer of the QA-ViT's question encoder: WordPiece in BERT's pipeline, with the words of our own sentences.

What is no frequent word is spelt. The library's own training gives the pieces inside of words other numbers at every
run; a list of whole words needs none.
"""

import collections
import string

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertTokenizerFast

from .. import corpus
from ..question_aware.wording import MOST_TOKENS, clean

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = string.ascii_lowercase + string.digits
VOCABULARY = 400


def sentences(seed: int, size: tuple[int, int], ask) -> list[str]:
    prose = [line for line in corpus.prose() if line.isascii()]
    return prose + corpus.of_scenes(seed, size, ask)


def train(seed: int, size: tuple[int, int], ask) -> BertTokenizerFast:
    normalizer, words = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    found = collections.Counter(
        word for line in sentences(seed, size, ask)
        for word, _ in words.pre_tokenize_str(normalizer.normalize_str(clean(line))))
    tokens = dict.fromkeys([*SPECIAL, *LETTERS, *("##" + letter for letter in LETTERS), *string.punctuation])
    frequent = sorted(found, key=lambda word: (-found[word], word))
    tokens |= dict.fromkeys([word for word in frequent if word not in tokens][:VOCABULARY - len(tokens)])
    corpus.require(len(tokens), VOCABULARY)

    numbers = {token: number for number, token in enumerate(tokens)}
    piece = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    piece.normalizer, piece.pre_tokenizer = normalizer, words
    piece.decoder = decoders.WordPiece(prefix="##")
    piece.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    piece.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, numbers[token]) for token in ("[CLS]", "[SEP]")])
    return BertTokenizerFast(tokenizer_object=piece, model_max_length=MOST_TOKENS)
