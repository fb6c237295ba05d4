// data_tool SOURCE TARGET: makes the test data that tests read out of those that are kept.
#include <cstdio>
#include <exception>

#include "tests/data_tool/mirror.hpp"

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: data_tool SOURCE TARGET\n", stderr);
    return 2;
  }
  try {
    ocellus::data_tool::mirror(words[1], words[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "data_tool: %s\n", error.what());
    return 1;
  }
  return 0;
}
