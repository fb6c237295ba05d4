// Data sets and conversations that cannot be read: exit 3, with the place.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

struct BadFile {
  const char* name;
  const char* option;
  std::string content;
  Words sentence;
};

void PrintTo(const BadFile& bad, std::ostream* out) {
  *out << bad.name;
}

class BadData : public Program, public ::testing::WithParamInterface<BadFile> {};

TEST_P(BadData, IsRefusedWithItsPlace) {
  write_file(scratch / "data.json", GetParam().content);
  expect_refusal(ocellus(run_words("out") + Words{GetParam().option, "data.json", "--method", "raw-attention"}), 3,
                 GetParam().sentence + Words{"data.json"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

const std::string fine = R"({"image":"a.png","prompt":"Why?"})";

INSTANTIATE_TEST_SUITE_P(
    Files, BadData,
    ::testing::Values(
        BadFile{"EmptyDataSet", "--dataset", "", {"empty"}},
        BadFile{"BrokenLine", "--dataset", fine + "\n\n{\"image\":\n" + fine, {"line 3", "not JSON"}},
        BadFile{"LineThatIsNoObject", "--dataset", fine + "\n17\n", {"line 2", "object"}},
        BadFile{"LineWithoutPrompt", "--dataset", fine + "\n{\"image\":\"a.png\"}\n", {"line 2", "prompt"}},
        BadFile{"BrokenArray", "--dataset", "[" + fine + ",", {"not JSON"}},
        BadFile{"BadEntry", "--dataset", "[" + fine + ",{\"image\":5,\"prompt\":\"Why?\"}]", {"entry 1", "image"}},
        BadFile{"BadBox",
                "--dataset",
                R"({"image":"a.png","prompt":"Why?","box":[1,2,3]})",
                {"line 1", "[x0, y0, x1, y1]"}},
        BadFile{"BadMessagesInALine",
                "--dataset",
                R"({"messages":[{"role":"judge","content":"x"}]})",
                {"line 1", "'judge'"}},
        BadFile{"MessagesThatAreNotJson", "--messages", "[{", {"not JSON"}},
        BadFile{"MessagesThatAreNoList", "--messages", "{}", {"list"}},
        BadFile{"NoMessages", "--messages", "[]", {"list"}},
        BadFile{"MessageWithoutRole", "--messages", R"([{"content":"x"}])", {"message 0", "role"}},
        BadFile{"MessageWithoutContent", "--messages", R"([{"role":"user"}])", {"message 0", "content"}},
        BadFile{"MessageWithBadItem",
                "--messages",
                R"([{"role":"user","content":[{"type":"sound","sound":"a.wav"}]}])",
                {"message 0", "content item"}}),
    [](const auto& of) { return of.param.name; });

TEST_F(Program, AMissingDataFileIsNamed) {
  for (const char* option : {"--dataset", "--messages"}) {
    expect_refusal(ocellus(run_words("out") + Words{option, "nowhere.json", "--method", "raw-attention"}), 3,
                   {"nowhere.json", "No such file"});
  }
}

}  // namespace
}  // namespace ocellus::test
