"""Models that write their answers: a tower, then a decoder of Llama's layout, in the classes of transformers."""
