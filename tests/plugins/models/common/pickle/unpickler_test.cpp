#include "plugins/models/common/pickle/unpickler.hpp"

#include <gmock/gmock.h>

#include <array>

#include "tests/plugins/models/common/pickle/hand_made.hpp"
#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = PickleValue::Kind;

constexpr std::array<std::string_view, 2> globals{"collections.OrderedDict", "torch.f"};

PickleTree read(const std::string& file) {
  return PickleTree::read(bytes_of(file), globals, "x.bin");
}

std::string refusal(const std::string& program) {
  const std::string sentence = complaint([&] { read(pickle(program)); });
  EXPECT_THAT(sentence, StartsWith("x.bin: the pickle in it "));
  return sentence;
}

TEST(Unpickler, ReadsPlainValues) {
  const std::string file = pickle("}(" + text("n") + "N" + text("t") + "\x88" + text("f") + "\x89" + text("i") + "J" +
                                  little_endian(0xfffffffe, 4) + text("j") + "M\xff\xff" + text("k") + "\x8a\x01\x80" +
                                  text("l") + integer(-5) + text("g") + std::string("G\x3f\xf8\0\0\0\0\0\0", 9) + "u");
  const PickleTree tree = read(file);
  ASSERT_EQ(tree.root().kind, Kind::dict);
  const auto& items = tree.root().items;
  ASSERT_EQ(items.size(), 16u);
  EXPECT_EQ(items[0]->text, "n");
  EXPECT_EQ(items[1]->kind, Kind::none);
  EXPECT_EQ(items[3]->integer, 1);
  EXPECT_EQ(items[5]->kind, Kind::boolean);
  EXPECT_EQ(items[7]->integer, -2);
  EXPECT_EQ(items[9]->integer, 65535);
  EXPECT_EQ(items[11]->integer, -128);
  EXPECT_EQ(items[13]->integer, -5);
  EXPECT_EQ(items[15]->real, 1.5);
}

TEST(Unpickler, BuildsTuplesListsAndSharedObjects) {
  const std::string file = pickle("](" + text("a") + "q\x01" + std::string("h\x01") + "K\x07\x85K\x08K\x09\x86" + ")" +
                                  "e" + tuple({"K\x01", "K\x02"}) + "a");
  const PickleTree tree = read(file);
  const auto& items = tree.root().items;
  ASSERT_EQ(items.size(), 6u);
  EXPECT_EQ(items[0], items[1]);
  EXPECT_EQ(items[2]->items.at(0)->integer, 7);
  EXPECT_EQ(items[3]->items.at(1)->integer, 9);
  EXPECT_EQ(items[4]->kind, Kind::tuple);
  EXPECT_EQ(items[5]->items.size(), 2u);
}

TEST(Unpickler, KeepsCallsAsWhatTheyWouldCall) {
  const PickleTree tree = read(pickle(global("torch", "f") + tuple({"K\x01"}) + "R"));
  ASSERT_EQ(tree.root().kind, Kind::call);
  EXPECT_EQ(tree.root().items[0]->text, "torch.f");
  EXPECT_EQ(tree.root().items[1]->items[0]->integer, 1);
  EXPECT_EQ(read(pickle(text("id") + "Q")).root().items.at(0)->text, "id");
}

TEST(Unpickler, TakesAnOrderedDictForADictAndLeavesItsAttributesOut) {
  const PickleTree tree = read(
      pickle(global("collections", "OrderedDict") + ")R" + text("a") + "K\x01s" + "}" + text("_metadata") + "Nsb"));
  ASSERT_EQ(tree.root().kind, Kind::dict);
  EXPECT_EQ(tree.root().items.size(), 2u);
}

TEST(Unpickler, RefusesEveryOtherName) {
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{
           {"os", "system"}, {"builtins", "eval"}, {"torch", "g"}, {"torch.f", ""}, {"", ""}, {"collections", "deque"}})
    EXPECT_THAT(refusal(global(module, name)), AllOf(HasSubstr(module + "." + name), HasSubstr("not allowed here")));
  EXPECT_THAT(refusal("ctorch\nf"), HasSubstr("cut short"));
}

TEST(Unpickler, RefusesEveryOtherOpcode) {
  const std::string known = "(.GJKMNQRX]abcehjqrstu})";
  for (int opcode = 0; opcode < 256; ++opcode) {
    const bool is_known = known.find(static_cast<char>(opcode)) != std::string::npos || opcode == 0x80 ||
                          (opcode >= 0x85 && opcode <= 0x8a);
    if (is_known) continue;
    EXPECT_THAT(refusal(std::string(1, static_cast<char>(opcode))), HasSubstr("has the opcode")) << opcode;
  }
}

TEST(Unpickler, RefusesOtherProtocolsAndEnds) {
  EXPECT_THAT(complaint([] { read(""); }), HasSubstr("does not begin with a protocol"));
  EXPECT_THAT(complaint([] { read("\x80"); }), HasSubstr("does not begin with a protocol"));
  EXPECT_THAT(complaint([] { read("\x80\x04N."); }), HasSubstr("protocol 4"));
  EXPECT_THAT(complaint([] { read("\x80\x02N"); }), HasSubstr("cut short"));
  EXPECT_THAT(complaint([] { read("\x80\x02N.N"); }), HasSubstr("goes on behind its end"));
  EXPECT_THAT(complaint([] { read(std::string((16 << 20) + 1, 'N')); }), HasSubstr("at most"));
  EXPECT_THAT(refusal(""), HasSubstr("unfinished"));
  EXPECT_THAT(refusal("NN"), HasSubstr("unfinished"));
  EXPECT_THAT(refusal("N("), HasSubstr("unfinished"));
}

TEST(Unpickler, RefusesProgramsThatTakeWhatIsNotThere) {
  for (const char* program :
       {"\x85", "N\x86", "q\x01", "s", "NNs", "a", "Q", "R", "b", "}b", "(\x85", "N(\x85", "](Na"})
    EXPECT_THAT(refusal(program), HasSubstr("needs more objects")) << program;
  for (const char* program : {"t", "e", "u"}) EXPECT_THAT(refusal(program), HasSubstr("needs a mark"));
  EXPECT_THAT(refusal("](Nu"), HasSubstr("fills something else than a dict"));
  EXPECT_THAT(refusal("}(Nu"), HasSubstr("fills something else than a dict"));
  EXPECT_THAT(refusal("}Na"), HasSubstr("fills something else than a list"));
  EXPECT_THAT(refusal("h\x05"), HasSubstr("recalls object 5"));
  EXPECT_THAT(refusal("N)R"), HasSubstr("not a function"));
  EXPECT_THAT(refusal(global("torch", "f") + "NR"), HasSubstr("not a function"));
  EXPECT_THAT(refusal(global("collections", "OrderedDict") + "N\x85R"), HasSubstr("OrderedDict arguments"));
  EXPECT_THAT(refusal("N}b"), HasSubstr("state of an object"));
  EXPECT_THAT(refusal("X\xff\xff\xff\xff"
                      "a"),
              HasSubstr("cut short"));
  EXPECT_THAT(refusal("\x8a\x09" + std::string(9, 'a')), HasSubstr("integer of 9 bytes"));
}

TEST(Unpickler, DepthAndCirclesCostNoStack) {
  std::string nested = ")";
  for (int i = 0; i < 1'000'000; ++i) nested += '\x85';
  EXPECT_EQ(read(pickle(nested)).root().kind, Kind::tuple);
  const PickleTree circle =
      read(pickle("]q\x01h\x01"
                  "a"));
  EXPECT_EQ(circle.root().items.at(0), &circle.root());
}

}  // namespace
}  // namespace ocellus::models
