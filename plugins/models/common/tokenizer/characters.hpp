// Classes of characters, as the `tokenizers` library sees them.
#pragma once

namespace ocellus::models {

// Unicode's White_Space property.
bool is_space(char32_t c);

// `\w` of Unicode technical standard 18, annex C: Alphabetic, marks, decimal digits, connector punctuation and the two
// join controls.
bool is_word(char32_t c);

// As BERT's normalizer and pre-tokenizer see them. Control characters include those of format and private use, not tab
// and the ends of lines; punctuation all symbols of ASCII.
bool is_control(char32_t c);
bool is_punctuation(char32_t c);
bool is_nonspacing_mark(char32_t c);

// The lower case, where it is one character.
char32_t to_lower(char32_t c);

}  // namespace ocellus::models
