#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/tokenizer/json/component.hpp"
#include "plugins/models/common/tokenizer/json/parts.hpp"

namespace ocellus::models {
namespace {

class PostProcessorReader {
 public:
  PostProcessorReader(const Vocabulary& vocabulary, const AddedTokens& added)
      : vocabulary_(vocabulary), added_(added) {}

  void read(const JsonView& component, const std::string& type) {
    if (type == "ByteLevel") return;  // only trims offsets, which we give untrimmed
    const bool is_template = type == "TemplateProcessing", is_roberta = type == "RobertaProcessing";
    if ((!is_template && !is_roberta && type != "BertProcessing") || found_)
      component.refuse(fmt::format("post-processor '{}'{}", type, found_ ? " after another" : ""));
    found_ = true;
    if (is_template) return read_template(component);
    result_.special_tokens.before.push_back(read_special_token(component.member("cls")));
    result_.special_tokens.after.push_back(read_special_token(component.member("sep")));
    if (is_roberta && component.boolean_or("trim_offsets", true))
      result_.trim = OffsetTrim{component.boolean_or("add_prefix_space", true)};
  }

  PostProcessor take() { return std::move(result_); }

 private:
  std::uint32_t read_id(const JsonView& value) const {
    const std::uint32_t id = value.token_id();
    if (!added_.find(id) && !vocabulary_.token(id)) value.fail(fmt::format("there is no token {}", id));
    return id;
  }

  // ["</s>", 2]; only the id counts.
  std::uint32_t read_special_token(const JsonView& pair) const {
    if (pair.array_size() != 2) pair.fail("a token and its id were expected");
    return read_id(pair.element(1));
  }

  // "$A" with special tokens around it: `single` lists {"SpecialToken": {"id"}} and {"Sequence": {"id": "A"}},
  // `special_tokens` gives the ids of each name.
  void read_template(const JsonView& component) {
    bool after = false;
    const JsonView list = component.member("single");
    const std::size_t count = list.array_size();
    for (std::size_t i = 0; i < count; ++i) {
      const JsonView piece = list.element(i);
      if (piece.has("Sequence")) {
        if (after || piece.member("Sequence").member("id").text() != "A") piece.refuse("a template that is not one $A");
        after = true;
        continue;
      }
      const JsonView ids =
          component.member("special_tokens").member(piece.member("SpecialToken").member("id").text()).member("ids");
      const std::size_t id_count = ids.array_size();
      std::vector<std::int64_t>& side = after ? result_.special_tokens.after : result_.special_tokens.before;
      for (std::size_t k = 0; k < id_count; ++k) side.push_back(read_id(ids.element(k)));
    }
    if (!after) list.fail("the template does not hold the text ($A)");
  }

  const Vocabulary& vocabulary_;
  const AddedTokens& added_;
  bool found_ = false;
  PostProcessor result_;
};

}  // namespace

PostProcessor read_post_processor(const JsonView& root, const Vocabulary& vocabulary, const AddedTokens& added) {
  PostProcessorReader reader(vocabulary, added);
  for_each_component(root, "post_processor", "processors",
                     [&](const JsonView& component, const std::string& type) { reader.read(component, type); });
  return reader.take();
}

}  // namespace ocellus::models
