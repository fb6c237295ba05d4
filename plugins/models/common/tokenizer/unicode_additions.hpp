// Letters and numbers that Unicode 15 and 16 added. The library knows them; PCRE2 10.42 (Unicode 14) and utf8proc 2.8
// (Unicode 15) do not know all of them, and later versions do not mind being told.
#pragma once

#include <array>

namespace ocellus::models {

struct CodePointRange {
  char32_t first, last;
};

inline constexpr auto added_letters = std::to_array<CodePointRange>(
    {{0x1C89, 0x1C89},   {0x1C8A, 0x1C8A},   {0xA7CB, 0xA7CD},   {0xA7DA, 0xA7DC},   {0x105C0, 0x105F3},
     {0x10D4A, 0x10D65}, {0x10D6F, 0x10D85}, {0x10EC2, 0x10EC4}, {0x1123F, 0x1123F}, {0x11240, 0x11240},
     {0x11380, 0x11389}, {0x1138B, 0x1138B}, {0x1138E, 0x1138E}, {0x11390, 0x113B5}, {0x113B7, 0x113B7},
     {0x113D1, 0x113D1}, {0x113D3, 0x113D3}, {0x11BC0, 0x11BE0}, {0x11F02, 0x11F02}, {0x11F04, 0x11F10},
     {0x11F12, 0x11F33}, {0x1342F, 0x1342F}, {0x13441, 0x13446}, {0x13460, 0x143FA}, {0x16100, 0x1611D},
     {0x16D40, 0x16D6C}, {0x18CFF, 0x18CFF}, {0x1B132, 0x1B132}, {0x1B155, 0x1B155}, {0x1DF25, 0x1DF2A},
     {0x1E030, 0x1E06D}, {0x1E4D0, 0x1E4EB}, {0x1E5D0, 0x1E5ED}, {0x1E5F0, 0x1E5F0}, {0x2B739, 0x2B739},
     {0x2EBF0, 0x2EE5D}, {0x31350, 0x323AF}});

inline constexpr auto added_numbers = std::to_array<CodePointRange>({{0x10D40, 0x10D49},
                                                                     {0x116D0, 0x116E3},
                                                                     {0x11BF0, 0x11BF9},
                                                                     {0x11F50, 0x11F59},
                                                                     {0x16130, 0x16139},
                                                                     {0x16D70, 0x16D79},
                                                                     {0x1CCF0, 0x1CCF9},
                                                                     {0x1D2C0, 0x1D2D3},
                                                                     {0x1E4F0, 0x1E4F9},
                                                                     {0x1E5F1, 0x1E5FA}});

}  // namespace ocellus::models
