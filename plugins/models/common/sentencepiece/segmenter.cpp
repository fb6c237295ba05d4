#include "plugins/models/common/sentencepiece/segmenter.hpp"

#include <algorithm>
#include <queue>

#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

using Kind = SentencePiece::Kind;

constexpr std::size_t none = static_cast<std::size_t>(-1);

}  // namespace

// Merges the symbols of one text.
class Segmenter::Merger {
 public:
  Merger(const Segmenter& segmenter, std::string_view text) : segmenter_(segmenter), text_(text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t fixed = segmenter.user_defined(text.substr(at));
      const std::size_t size = fixed > 0 ? fixed : read_utf8(text, at).length;
      const std::size_t index = parts_.size();
      parts_.push_back({at, at + size, index == 0 ? none : index - 1, index + 1, fixed > 0});
      at += size;
    }
    if (!parts_.empty()) parts_.back().next = none;
  }

  void run() {
    for (std::size_t i = 0; i + 1 < parts_.size(); ++i) consider(i, i + 1);
    while (!queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      Part& left = parts_[best.left];
      if (left.merged_away || left.next == none || parts_[left.next].end != best.end || left.begin != best.begin ||
          left.end != best.middle)
        continue;
      Part& right = parts_[left.next];
      left.end = right.end;
      right.merged_away = true;
      left.next = right.next;
      if (right.next != none) parts_[right.next].previous = best.left;
      consider(left.previous, best.left);
      consider(best.left, left.next);
    }
  }

  // Calls `visit` with the ranges of the pieces, in order; unused pieces are taken apart again.
  template <class Visit>
  void for_each(Visit visit) const {
    std::vector<std::pair<std::size_t, std::size_t>> open;
    for (std::size_t i = parts_.empty() ? none : 0; i != none; i = parts_[i].next) {
      open.emplace_back(parts_[i].begin, parts_[i].end);
      while (!open.empty()) {
        const auto [begin, end] = open.back();
        open.pop_back();
        const auto id = segmenter_.id(text_.substr(begin, end - begin));
        const bool unused = id && segmenter_.piece(*id).kind == Kind::unused;
        const auto halves = unused ? halves_.find(text_.substr(begin, end - begin)) : halves_.end();
        if (halves == halves_.end()) {
          visit(id, begin, end);
          continue;
        }
        open.emplace_back(begin + halves->second, end);
        open.emplace_back(begin, begin + halves->second);
      }
    }
  }

 private:
  struct Part {
    std::size_t begin, end, previous, next;
    bool fixed, merged_away = false;
  };
  struct Candidate {
    float score;
    std::size_t left, begin, middle, end;
    bool operator<(const Candidate& other) const {
      return score < other.score || (score == other.score && left > other.left);
    }
  };

  void consider(std::size_t left, std::size_t right) {
    if (left == none || right == none || parts_[left].fixed || parts_[right].fixed) return;
    const std::size_t begin = parts_[left].begin, middle = parts_[left].end, end = parts_[right].end;
    const std::string_view joined = text_.substr(begin, end - begin);
    const auto id = segmenter_.matching(joined);
    if (!id) return;
    queue_.push({segmenter_.piece(*id).score, left, begin, middle, end});
    if (segmenter_.piece(*id).kind == Kind::unused) halves_[joined] = middle - begin;
  }

  const Segmenter& segmenter_;
  std::string_view text_;
  std::vector<Part> parts_;  // a doubly linked list; a merged part lives on at the place of its left half
  std::priority_queue<Candidate> queue_;
  std::unordered_map<std::string_view, std::size_t> halves_;  // of unused pieces: where they were last put together
};

Segmenter::Segmenter(SentencePieceModel model) : model_(std::move(model)) {
  ids_.reserve(model_.pieces.size());
  for (std::uint32_t id = 0; id < model_.pieces.size(); ++id) {
    const SentencePiece& piece = model_.pieces[id];
    ids_.emplace(piece.text, id);
    longest_ = std::max(longest_, piece.text.size());
    if (piece.kind == Kind::unknown) unknown_ = id;
    if (piece.kind == Kind::user_defined) user_defined_[piece.text[0]].push_back(piece.text);
  }
  for (auto& [first, texts] : user_defined_)
    std::sort(texts.begin(), texts.end(),
              [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  for (unsigned byte = 0; model_.byte_fallback && byte < 256; ++byte)
    byte_ids_.push_back(ids_.at(byte_piece(static_cast<unsigned char>(byte))));
}

std::optional<std::uint32_t> Segmenter::id(std::string_view text) const {
  const auto found = text.size() > longest_ ? ids_.end() : ids_.find(text);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> Segmenter::matching(std::string_view text) const {
  const auto found = id(text);
  if (!found) return std::nullopt;
  const Kind kind = piece(*found).kind;
  return kind == Kind::normal || kind == Kind::user_defined || kind == Kind::unused ? found : std::nullopt;
}

std::size_t Segmenter::user_defined(std::string_view text) const {
  const auto list = user_defined_.find(text[0]);
  if (list == user_defined_.end()) return 0;
  for (const std::string& known : list->second)
    if (text.starts_with(known)) return known.size();
  return 0;
}

void Segmenter::encode(std::string_view text, std::vector<Symbol>& pieces) const {
  Merger merger(*this, text);
  merger.run();
  const std::size_t first = pieces.size();
  merger.for_each([&](std::optional<std::uint32_t> id, std::size_t begin, std::size_t end) {
    if (id && *id != unknown_) {
      pieces.push_back({*id, begin, end});
    } else if (!byte_ids_.empty()) {
      for (std::size_t at = begin; at < end; ++at)
        pieces.push_back({byte_ids_[static_cast<unsigned char>(text[at])], begin, end});
    } else if (pieces.size() > first && pieces.back().id == unknown_) {
      pieces.back().end = end;
    } else {
      pieces.push_back({unknown_, begin, end});
    }
  });
}

}  // namespace ocellus::models
