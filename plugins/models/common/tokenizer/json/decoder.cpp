#include "plugins/models/common/tokenizer/decoder.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "plugins/models/common/tokenizer/json/component.hpp"
#include "plugins/models/common/tokenizer/json/parts.hpp"

namespace ocellus::models {
namespace {

// The steps of a SentencePiece model's decoder, in their one order: Replace, ByteFallback, Fuse, Strip.
class StepReader {
 public:
  void read(const JsonView& component, const std::string& type) {
    if (type == "Replace") {
      go_to(0, component, type);
      steps_.replacements.push_back(read_replacement(component));
    } else if (type == "ByteFallback") {
      go_to(1, component, type);
      steps_.byte_fallback = true;
    } else if (type == "Fuse") {
      go_to(2, component, type);
    } else if (type == "Strip") {
      if (step_ != 2) component.refuse("decoder 'Strip' of what is not fused");
      go_to(3, component, type);
      steps_.stripped = component.member("content").text();
      if (component.member("start").token_id() != 1 || component.member("stop").token_id() != 0)
        component.refuse("decoder 'Strip' of anything but one character at the beginning");
    } else {
      component.refuse(fmt::format("decoder '{}'", type));
    }
  }

  bool is_fused() const { return step_ >= 2; }
  SentencePieceDecoder::Steps take() { return std::move(steps_); }

 private:
  void go_to(int next, const JsonView& component, const std::string& type) {
    if (next < step_) component.refuse(fmt::format("decoder '{}' there", type));
    step_ = next;
  }

  int step_ = 0;
  SentencePieceDecoder::Steps steps_{{}, false, ""};
};

// One of the decoders that stand alone; null for any other type.
std::unique_ptr<const Decoder> read_whole(const JsonView& component, const std::string& type) {
  if (type == "ByteLevel") return std::make_unique<ByteLevelDecoder>();
  if (type == "Metaspace") {
    const Metaspace metaspace = read_metaspace(component);
    return std::make_unique<MetaspaceDecoder>(metaspace.replacement, metaspace.prepend != Metaspace::Prepend::never);
  }
  if (type == "WordPiece") {
    return std::make_unique<WordPieceDecoder>(component.member("prefix").text(), component.member("cleanup").boolean());
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<const Decoder> read_decoder(const JsonView& root, bool byte_level) {
  std::unique_ptr<const Decoder> whole;
  StepReader steps;
  std::size_t count = 0;
  for_each_component(root, "decoder", "decoders", [&](const JsonView& component, const std::string& type) {
    if (type == "ByteLevel" && !byte_level)
      component.refuse("decoder ByteLevel over a pre_tokenizer without ByteLevel");
    if (type != "ByteLevel" && byte_level) component.refuse(fmt::format("decoder '{}' over ByteLevel", type));
    ++count;
    std::unique_ptr<const Decoder> alone = read_whole(component, type);
    if (whole || (alone && count > 1)) component.refuse(fmt::format("decoder '{}' beside another", type));
    if (alone) {
      whole = std::move(alone);
    } else {
      steps.read(component, type);
    }
  });
  if (whole) return whole;
  if (byte_level) root.refuse("a decoder without ByteLevel");
  if (!steps.is_fused()) root.refuse("a decoder that is not Metaspace, WordPiece or steps that end in Fuse or Strip");
  return std::make_unique<SentencePieceDecoder>(steps.take());
}

}  // namespace ocellus::models
