#include "host/plan/select.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <string_view>

#include "host/plan/knockout.hpp"

namespace ocellus::plan {
namespace {

Indices sorted(Indices indices) {
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  return indices;
}

Indices everything(int64_t count) {
  Indices indices(static_cast<size_t>(count));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return indices;
}

// NULL selects all.
oc_select known(const oc_select* select) {
  return select != nullptr ? read_descriptor(select, "a selection of a probe") : oc_select{};
}

// Layers, heads and positions: all of them, or by number. `owner` has `count` of them.
Indices numbered(const oc_select& select, const char* what, const char* owner, int64_t count) {
  if (select.kind == OC_SELECT_ALL) return everything(count);
  if (select.kind != OC_SELECT_INDICES)
    throw Error(OC_E_INTERNAL, fmt::format("{}s are selected by number only", what));
  Indices indices(select.indices, select.indices + select.n_indices);
  const bool of_sample = std::string_view(what) == "position";
  for (const int64_t index : indices) {
    if (index < 0 || index >= count) {
      throw Error(
          of_sample ? OC_E_SAMPLE : OC_E_UNSUPPORTED,
          fmt::format("{} {} does not exist: {} has {} of them, 0 to {}", what, index, owner, count, count - 1));
    }
  }
  return sorted(std::move(indices));
}

// Those of `layers`, resolved from `select`, whose attention rows the stack gives. A layer asked for by number must be
// one of them.
Indices with_attention(Indices layers, const oc_select& select, const oc_stack& stack) {
  if (stack.attention_layers == nullptr) return layers;
  const std::span<const int64_t> full(stack.attention_layers, stack.n_attention_layers);
  const auto windowed = [&](int64_t layer) { return !std::binary_search(full.begin(), full.end(), layer); };
  const auto first = std::find_if(layers.begin(), layers.end(), windowed);
  if (first != layers.end() && select.kind == OC_SELECT_INDICES) {
    throw Error(
        OC_E_UNSUPPORTED,
        fmt::format("layer {} of the {} stack attends within windows and has no whole rows; those that have: {}",
                    *first, stack.id, fmt::join(full, ", ")));
  }
  std::erase_if(layers, windowed);
  return layers;
}

template <class Matches>
Indices tokens_of(const oc_layout& layout, Matches&& matches) {
  Indices indices;
  for (size_t i = 0; i < layout.n_segments; ++i) {
    const oc_segment& segment = layout.segments[i];
    if (!matches(segment)) continue;
    for (int64_t token = segment.begin; token < segment.end; ++token) indices.push_back(token);
  }
  return indices;
}

// Tokens of the prompt. OC_SELECT_ANSWER is not for here.
Indices tokens(const oc_select& select, const oc_layout& layout) {
  if (select.kind == OC_SELECT_ALL) return everything(layout.n_tokens);
  switch (select.kind) {
    case OC_SELECT_INDICES:
      return numbered(select, "position", "this prompt", layout.n_tokens);
    case OC_SELECT_LAST:
      return {prompt_tokens(layout) - 1};
    case OC_SELECT_IMAGE:
      return tokens_of(layout, [&](const oc_segment& segment) {
        return segment.kind == OC_SEGMENT_IMAGE && (select.argument < 0 || segment.image == select.argument);
      });
    case OC_SELECT_SEGMENT:
      return tokens_of(layout, [&](const oc_segment& segment) { return segment.kind == select.argument; });
    default:
      throw Error(OC_E_INTERNAL, fmt::format("a selection of unknown kind {}", select.kind));
  }
}

// Rows that a probe may ask for: not those of tokens that are keys alone.
Indices rows_of(const oc_select& select, const oc_layout& layout) {
  const int64_t end = layout.n_tokens - layout.n_keys_only;
  if (select.kind == OC_SELECT_INDICES) return numbered(select, "position", "this prompt", end);
  Indices rows = tokens(select, layout);
  std::erase_if(rows, [&](int64_t row) { return row >= end; });
  return rows;
}

// A key group. That of the answer names positions that do not exist yet: a row counts those before itself.
Indices group_of(const oc_select& select, const Serves& serves, const oc_layout& layout) {
  if (select.kind != OC_SELECT_SEGMENT || select.argument != OC_SEGMENT_ANSWER) return tokens(select, layout);
  const int64_t first = prompt_tokens(layout);
  Indices indices = everything(first < layout.n_tokens ? layout.n_tokens - first : serves.max_answer_tokens);
  for (int64_t& index : indices) index += first;
  return indices;
}

// Rows of the prompt that produced the tokens of its given answer; `wanted` empty = all of them.
Indices rows_of_given_answer(const Indices& wanted, const oc_layout& layout) {
  const int64_t first = prompt_tokens(layout), count = layout.n_tokens - first;
  Indices rows = wanted.empty() ? everything(count) : wanted;
  if (rows.back() >= count) {
    throw Error(OC_E_SAMPLE, fmt::format("answer token {} does not exist: the given answer has {} token{}, 0 to {}",
                                         rows.back(), count, count == 1 ? "" : "s", count - 1));
  }
  for (int64_t& row : rows) row += first - 1;
  return rows;
}

bool has_attention_layers(const std::string& kind) {
  return kind == OC_PROBE_ATTENTION || kind == OC_PROBE_MASS || kind == OC_PROBE_ATTENTION_GRADIENT;
}

bool has_keys(const std::string& kind) {
  return kind == OC_PROBE_ATTENTION || kind == OC_PROBE_ATTENTION_GRADIENT;
}

// These stand before and behind every layer.
bool is_of_residual_stream(const std::string& kind) {
  return kind == OC_PROBE_HIDDEN || kind == OC_PROBE_GRADIENT;
}

Target known_target(const oc_target& given) {
  const oc_target target = read_descriptor(&given, "a target");
  if (target.tokens == OC_TARGET_FEATURES) return {target.tokens, 0, 0, {}};  // it has one score
  const bool has_tokens = target.tokens == OC_TARGET_ANSWER || target.tokens == OC_TARGET_TOKEN ||
                          (target.tokens == OC_TARGET_TEXT && target.text != nullptr);
  if (!has_tokens || target.score > OC_SCORE_LOG_PROBABILITY || target.index < 0)
    throw Error(OC_E_INTERNAL, "a malformed target");
  const bool is_text = target.tokens == OC_TARGET_TEXT;
  return {target.tokens, target.score, target.tokens == OC_TARGET_TOKEN ? target.index : 0, is_text ? target.text : ""};
}

}  // namespace

int64_t prompt_tokens(const oc_layout& layout) {
  for (size_t i = 0; i < layout.n_segments; ++i) {
    const uint32_t kind = layout.segments[i].kind;
    if (kind == OC_SEGMENT_GIVEN_ANSWER || kind == OC_SEGMENT_ANSWER) return layout.segments[i].begin;
  }
  return layout.n_tokens;
}

Wish resolve(const oc_probe& given, const Serves& serves, const oc_stack* stack, const oc_layout* layout) {
  const oc_probe probe = read_descriptor(&given, "a probe");
  if (probe.kind == nullptr) throw Error(OC_E_INTERNAL, "a malformed probe");
  const oc_select layers = known(probe.layers), heads = known(probe.heads), queries = known(probe.queries),
                  keys = known(probe.keys);
  Wish wish;
  wish.variant = probe.variant;
  wish.kind = probe.kind;
  const bool input = wish.kind == OC_PROBE_INPUT;
  wish.stack = input || probe.stack == nullptr ? "" : probe.stack;
  wish.name = input && probe.name != nullptr ? probe.name : "";
  const std::string offer = input ? wish.kind : wish.kind + "@" + wish.stack;
  if (std::find(serves.probes.begin(), serves.probes.end(), offer) == serves.probes.end()) {
    throw Error(OC_E_UNSUPPORTED, fmt::format("the model does not serve {}", offer));
  }
  if (input) return wish;
  if (stack == nullptr || layout == nullptr)
    throw Error(OC_E_UNSUPPORTED, fmt::format("the model has no stack called {}", wish.stack));

  const bool is_of_attention = wish.kind == OC_PROBE_ATTENTION_GRADIENT;
  const bool is_of_target = wish.kind == OC_PROBE_GRADIENT || wish.kind == OC_PROBE_TARGET || is_of_attention;
  if (is_of_target != (probe.target != nullptr))
    throw Error(OC_E_INTERNAL, fmt::format("a probe {} {} a target", wish.kind, is_of_target ? "without" : "with"));
  if (is_of_target) wish.target = known_target(*probe.target);
  const bool is_of_features = is_of_target && wish.target->tokens == OC_TARGET_FEATURES;
  if (is_of_target && is_of_features != (wish.stack == "vision"))
    throw Error(OC_E_UNSUPPORTED,
                fmt::format("a target of {} has no {}", is_of_features ? "image features" : "answer tokens", offer));
  if (wish.kind == OC_PROBE_TARGET) return wish;

  if (is_of_residual_stream(wish.kind)) {
    wish.layers = numbered(layers, "layer", "this model", int64_t{stack->n_layers} + 1);
  } else if (has_attention_layers(wish.kind)) {
    wish.layers = with_attention(numbered(layers, "layer", "this model", stack->n_layers), layers, *stack);
    wish.heads = numbered(heads, "head", "this model", stack->n_heads);
  }

  const bool of_answer = queries.kind == OC_SELECT_ANSWER || queries.kind == OC_SELECT_GENERATED;
  if (of_answer && is_of_features) throw Error(OC_E_UNSUPPORTED, "image features have no answer whose rows there are");
  const bool of_producing = is_of_attention && queries.kind == OC_SELECT_ANSWER && queries.n_indices == 0;
  if (of_producing) {
    wish.target_rows = Wish::TargetRows::producing;
  } else if (is_of_attention && !is_of_features && queries.kind == OC_SELECT_ALL) {
    wish.target_rows = Wish::TargetRows::all;
  } else if (of_answer && is_of_target) {
    throw Error(OC_E_UNSUPPORTED, is_of_attention
                                      ? "gradients of attention are taken at rows that produce the target's tokens, "
                                        "not at those of other answer tokens"
                                      : "gradients are taken at tokens of the prompt, not of the answer");
  } else if (of_answer) {
    wish.stop_row = queries.kind == OC_SELECT_GENERATED;
    const Indices tokens_wanted =
        wish.stop_row ? Indices{} : sorted({queries.indices, queries.indices + queries.n_indices});
    wish.answer = prompt_tokens(*layout) == layout->n_tokens;
    if (wish.answer) {
      wish.answer_tokens = tokens_wanted;
    } else {
      wish.rows = rows_of_given_answer(tokens_wanted, *layout);
    }
  } else {
    wish.rows = rows_of(queries, *layout);
  }
  if (has_keys(wish.kind) && keys.kind != OC_SELECT_ALL) {
    wish.all_keys = false;
    wish.keys = tokens(keys, *layout);
  }
  for (size_t i = 0; i < probe.n_groups; ++i) wish.groups.push_back(group_of(known(probe.groups[i]), serves, *layout));
  return wish;
}

namespace {

// Where rows and keys of a knock-out lie: the tokens that are known before the model runs, and the answer behind them.
struct KnockoutTokens {
  const oc_layout& layout;
  int64_t prompt = prompt_tokens(layout);
  bool given = false;
  int64_t known = prompt;  // of the prompt and a given answer

  explicit KnockoutTokens(const oc_layout& of) : layout(of) {
    for (size_t i = 0; i < of.n_segments; ++i) given |= of.segments[i].kind == OC_SEGMENT_GIVEN_ANSWER;
    if (given) known = of.n_tokens;
  }

  Indices known_tokens(const oc_select& select) const {
    if (select.kind == OC_SELECT_ALL) return everything(known);
    if (select.kind == OC_SELECT_INDICES) return numbered(select, "position", "this prompt", known);
    Indices found = tokens(select, layout);
    std::erase_if(found, [&](int64_t token) { return token >= known; });
    return found;
  }
};

void add_rows(Knockout& to, const oc_select& select, const KnockoutTokens& of) {
  const auto add = [](Indices& all, const Indices& more) { all.insert(all.end(), more.begin(), more.end()); };
  if (select.kind != OC_SELECT_ANSWER && select.kind != OC_SELECT_GENERATED) {
    add(to.rows, of.known_tokens(select));
    to.all_steps |= select.kind == OC_SELECT_ALL && !of.given;
    return;
  }
  const Indices wanted =
      select.kind == OC_SELECT_GENERATED ? Indices{} : sorted({select.indices, select.indices + select.n_indices});
  if (of.given) return add(to.rows, rows_of_given_answer(wanted, of.layout));
  to.all_steps |= wanted.empty();
  if (wanted.empty() || wanted.front() == 0) to.rows.push_back(of.prompt - 1);
  for (const int64_t token : wanted) {
    if (token > 0) to.steps.push_back(token);
  }
}

Indices keys_of(const oc_select& select, const KnockoutTokens& of, int64_t max_answer_tokens) {
  const bool is_answer = select.kind == OC_SELECT_SEGMENT &&
                         (select.argument == OC_SEGMENT_ANSWER || select.argument == OC_SEGMENT_GIVEN_ANSWER);
  Indices keys = is_answer ? Indices{} : of.known_tokens(select);
  if (!is_answer && select.kind != OC_SELECT_ALL) return keys;
  const int64_t first = is_answer ? of.prompt : of.known;
  const int64_t end = of.given ? of.known : of.prompt + max_answer_tokens;
  for (int64_t token = first; token < end; ++token) keys.push_back(token);
  return keys;
}

}  // namespace

Knockout resolve(const oc_knockout& given, const oc_stack& stack, const oc_layout& layout, int64_t max_answer_tokens) {
  const oc_knockout knockout = read_descriptor(&given, "a knock-out");
  const KnockoutTokens of(layout);
  Knockout resolved;
  resolved.layers = numbered(known(knockout.layers), "layer", "this model", stack.n_layers);
  resolved.heads = numbered(known(knockout.heads), "head", "this model", stack.n_heads);
  for (size_t i = 0; i < knockout.n_from; ++i) add_rows(resolved, known(knockout.from[i]), of);
  for (size_t i = 0; i < knockout.n_to; ++i) {
    const Indices keys = keys_of(known(knockout.to[i]), of, max_answer_tokens);
    resolved.keys.insert(resolved.keys.end(), keys.begin(), keys.end());
  }
  resolved.rows = sorted(std::move(resolved.rows));
  resolved.steps = resolved.all_steps ? Indices{} : sorted(std::move(resolved.steps));
  resolved.keys = sorted(std::move(resolved.keys));
  return resolved;
}

}  // namespace ocellus::plan
