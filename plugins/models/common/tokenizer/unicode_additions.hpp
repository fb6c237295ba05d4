// Characters that Unicode 15 to 17 added. The library knows them; PCRE2 10.42 (Unicode 14) and utf8proc 2.8 (Unicode
// 15) do not know all of them, and later versions do not mind being told.
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

// Capitals first, first + step, … last; the first one's lower case is `lower`, and so on in the same steps.
struct AddedCapitals {
  char32_t first, last, step, lower;
};

inline constexpr auto added_capitals = std::to_array<AddedCapitals>({{0x1C89, 0x1C89, 1, 0x1C8A},
                                                                     {0xA7CB, 0xA7CB, 1, 0x264},
                                                                     {0xA7CC, 0xA7CE, 2, 0xA7CD},
                                                                     {0xA7D2, 0xA7D4, 2, 0xA7D3},
                                                                     {0xA7DA, 0xA7DA, 1, 0xA7DB},
                                                                     {0xA7DC, 0xA7DC, 1, 0x19B},
                                                                     {0x10D50, 0x10D65, 1, 0x10D70},
                                                                     {0x16EA0, 0x16EB8, 1, 0x16EBB}});

// Characters that belong to the grapheme cluster of the character before, and one that belongs to that of the one
// after.
inline constexpr auto added_extending = std::to_array<CodePointRange>({{0x897, 0x897},
                                                                       {0x10D69, 0x10D6D},
                                                                       {0x10EFC, 0x10EFC},
                                                                       {0x113B8, 0x113C0},
                                                                       {0x113C2, 0x113C2},
                                                                       {0x113C5, 0x113C5},
                                                                       {0x113C7, 0x113CA},
                                                                       {0x113CC, 0x113D0},
                                                                       {0x113D2, 0x113D2},
                                                                       {0x113E1, 0x113E2},
                                                                       {0x11F5A, 0x11F5A},
                                                                       {0x1611E, 0x1612F},
                                                                       {0x1E5EE, 0x1E5EF}});
inline constexpr char32_t added_prepended = 0x113D1;

}  // namespace ocellus::models
