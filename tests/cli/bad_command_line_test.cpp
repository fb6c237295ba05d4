// What is wrong with the request itself: exit 2 for what is malformed or unknown, 4 for what no model can do.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

struct BadWords {
  const char* name;
  Words words;
  int code;
  Words sentence;
};

void PrintTo(const BadWords& bad, std::ostream* out) {
  *out << bad.name;
}

class BadCommandLine : public Program, public ::testing::WithParamInterface<BadWords> {};

TEST_P(BadCommandLine, IsRefusedInOneSentence) {
  expect_refusal(ocellus(GetParam().words), GetParam().code, GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    Words, BadCommandLine,
    ::testing::Values(
        BadWords{"Command", {"rnu"}, 2, {"'rnu'", "did you mean rank or run?"}},
        BadWords{"PluginsCommand", {"plugins", "lits"}, 2, {"'plugins lits'", "did you mean list?"}},
        BadWords{"Option", {"run", "--modle", "x"}, 2, {"--modle", "did you mean --model?"}},
        BadWords{"OptionWithoutValue", {"run", "--model"}, 2, {"--model"}},
        BadWords{"RenderNothing", {"render", "--render", "overlay"}, 2, {"out"}},
        BadWords{"ShowUnknown", {"plugins", "show", "overlya"}, 2, {"'overlya'", "did you mean overlay?"}},
        BadWords{"NoSecondWord", {"plugins"}, 2, {"`ocellus plugins` wants one more word: list or show"}},
        BadWords{"OptionOfAVerb", {"demo", "--thread", "1"}, 2, {"--thread", "did you mean --threads?"}},
        BadWords{"OneDash", {"run", "-model", "x"}, 2, {"there is no option -model; did you mean --model?"}},
        BadWords{"LogLevel", {"demo", "--log-level", "wran"}, 2, {"'wran'; did you mean warn?\n"}},
        BadWords{"Dtype", {"inspect", "--model", "x", "--dtype", "flot32"}, 2, {"--dtype", "did you mean float32?"}},
        BadWords{"Progress", {"run", "--progress", "bra"}, 2, {"--progress", "did you mean bar?"}},
        BadWords{"PromptWithoutQuotes", {"run", "--prompt", "what", "is", "this"}, 2, {"the word 'is'", "in quotes"}},
        BadWords{"WordAfterAFlag", {"demo", "--json", "yes"}, 2, {"`ocellus demo` does not take the word 'yes'"}},
        BadWords{"NoModel", {"run", "--prompt", "x", "--method", "tensors", "--out", "o"}, 2, {"--model"}}),
    [](const auto& of) { return of.param.name; });

// The rest of a request about one picture.
class BadRequest : public Program, public ::testing::WithParamInterface<BadWords> {};

TEST_P(BadRequest, IsRefusedInOneSentenceAndLeavesNothing) {
  const Words subject{"--image", image("small.png"), "--prompt", "Why?"};
  expect_refusal(ocellus(run_words("out") + subject + GetParam().words), GetParam().code, GetParam().sentence);
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

INSTANTIATE_TEST_SUITE_P(
    Words, BadRequest,
    ::testing::Values(
        BadWords{"NoMethod", {}, 2, {"--method"}},
        BadWords{"Method",
                 {"--method", "raw-atention"},
                 2,
                 {"no method called 'raw-atention'", "did you mean raw-attention or qa-attention?"}},
        BadWords{
            "MethodOption", {"--method", "raw-attention:layer=1"}, 2, {"no option 'layer'", "did you mean layers?"}},
        BadWords{"MethodValue", {"--method", "raw-attention:layers=two"}, 2, {"layers", "'two'"}},
        BadWords{"MethodChoice", {"--method", "raw-attention:reduce=sum"}, 2, {"reduce", "'sum'", "none|mean"}},
        BadWords{"MethodWords",
                 {"--method", "tensors:probes=input_ids+hiden_states"},
                 2,
                 {"probes", "did you mean hidden_states?"}},
        BadWords{"MethodQuery", {"--method", "raw-attention:query=first"}, 2, {"'first'", "answer:K"}},
        BadWords{"Renderer",
                 {"--method", "raw-attention", "--render", "ovelay"},
                 2,
                 {"no renderer called 'ovelay'", "did you mean overlay?"}},
        BadWords{"RendererOption",
                 {"--method", "raw-attention", "--render", "overlay:alhpa=1"},
                 2,
                 {"'alhpa'", "did you mean alpha?"}},
        BadWords{"ColourMap",
                 {"--method", "raw-attention", "--render", "overlay:colormap=virdis"},
                 2,
                 {"'virdis'", "did you mean viridis?"}},
        BadWords{"RendererRange",
                 {"--method", "raw-attention", "--render", "overlay:alpha=2"},
                 2,
                 {"alpha", "'2'", "from 0 to 1"}},
        BadWords{"ModelOption",
                 {"--method", "raw-attention", "--adapter", "qwen2_5_vl:resise=pil"},
                 2,
                 {"'resise'", "did you mean resize?"}},
        BadWords{"Adapter", {"--method", "raw-attention", "--adapter", "llava"}, 2, {"--adapter llava", "qwen2_5_vl"}},
        BadWords{"SpecWithoutName", {"--method", ":layers=1"}, 2, {"--method ':layers=1'", "name"}},
        BadWords{"SpecWithoutValue", {"--method", "raw-attention:layers"}, 2, {"'layers' has no value"}},
        BadWords{"SpecWithOpenQuote", {"--method", "raw-attention:layers=\"1"}, 2, {"double quote"}},
        BadWords{
            "SpecTwice", {"--method", "raw-attention", "--method", "raw-attention:layers=0"}, 2, {"twice", "as=LABEL"}},
        BadWords{"LabelThatLeavesTheFolder", {"--method", "raw-attention:as=../x"}, 2, {"'../x'"}},
        BadWords{
            "NumberThatIsNone", {"--method", "raw-attention", "--max-pixels", "many"}, 2, {"--max-pixels", "many"}},
        BadWords{"NoAnswerWhereOneIsNeeded",
                 {"--method", "raw-attention:query=answer", "--max-new-tokens", "0"},
                 2,
                 {"--max-new-tokens 0"}},
        BadWords{"LayerTooHigh", {"--method", "raw-attention:layers=3"}, 4, {"layer 3", "0 to 2"}},
        BadWords{"LayerTooLow", {"--method", "raw-attention:layers=-4"}, 4, {"layer -4", "-3 to -1"}},
        BadWords{"Head", {"--method", "raw-attention:heads=6"}, 4, {"head 6", "0 to 5"}},
        BadWords{"RendererOfNothing",
                 {"--method", "tensors", "--render", "overlay"},
                 4,
                 {"overlay", "heatmap/1", "tensors/1"}},
        BadWords{"Device", {"--method", "raw-attention", "--device", "cuda:99"}, 4, {"cuda:99"}},
        BadWords{"DeviceName", {"--method", "raw-attention", "--device", "gpu"}, 4, {"'gpu'", "cpu, cuda or cuda:N"}},
        BadWords{"TwoSources", {"--method", "raw-attention", "--messages", "m.json"}, 2, {"--messages"}}),
    [](const auto& of) { return of.param.name; });

TEST_F(Program, AMissingPromptOrPictureIsAsked) {
  expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--method", "raw-attention"}), 2,
                 {"--prompt"});
  expect_refusal(ocellus(run_words("out") + Words{"--method", "raw-attention"}), 2, {"--image"});
}

TEST_F(Program, AnOutThatIsMissingOrAFileIsRefused) {
  const Words words{"run",      "--model", base_model.string(), "--image",      image("small.png"),
                    "--prompt", "Why?",    "--method",          "raw-attention"};
  expect_refusal(ocellus(words), 2, {"--out"});
  write_file(scratch / "out", "a file");
  expect_refusal(ocellus(words + Words{"--out", "out"}), 6, {"--out out", "file"});
  EXPECT_EQ(read_file(scratch / "out"), "a file");
}

TEST_F(Program, AnOutInsideAFileCannotBeWritten) {
  write_file(scratch / "file", "");
  const Words subject{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention"};
  expect_refusal(ocellus(run_words("file/out") + subject), 6, {"file/out"});
}

}  // namespace
}  // namespace ocellus::test
