#include "plugins/models/common/tokenizer/pretokenizer/split_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <string>

#include "plugins/models/common/tokenizer/pretokenizer/pattern_syntax.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace ocellus::models {
namespace {

std::string pcre2_message(int code) {
  PCRE2_UCHAR message[160];
  if (pcre2_get_error_message(code, message, sizeof message) < 0) return fmt::format("PCRE2 error {}", code);
  return reinterpret_cast<const char*>(message);
}

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

}  // namespace

struct SplitPattern::Compiled {
  pcre2_code* code;

  explicit Compiled(const std::string& pattern) {
    int error = 0;
    PCRE2_SIZE position = 0;
    code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP, &error,
                         &position, nullptr);
    if (!code) {
      throw Error(OC_E_MODEL,
                  fmt::format("the regular expression '{}' is malformed: {}", pattern, pcre2_message(error)));
    }
    // Only a speed-up: where the system forbids it, pcre2_match interprets.
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { pcre2_code_free(code); }
};

SplitPattern::SplitPattern(std::string_view pattern) : compiled_(std::make_shared<Compiled>(to_pcre2(pattern))) {}

void SplitPattern::split(std::string_view text, std::size_t offset, std::vector<ByteRange>& pieces) const {
  const MatchData data(pcre2_match_data_create_from_pattern(compiled_->code, nullptr), &pcre2_match_data_free);
  const MatchContext context(pcre2_match_context_create(nullptr), &pcre2_match_context_free);
  if (!data || !context) throw std::bad_alloc();
  // A run may be as long as the text, and each of its characters may cost a few steps.
  const std::size_t steps = std::min<std::size_t>(10'000'000 + 16 * text.size(), UINT32_MAX);
  pcre2_set_match_limit(context.get(), static_cast<std::uint32_t>(steps));

  const auto match = [&](std::size_t from, std::uint32_t options) {
    // Without PCRE2_NO_UTF_CHECK every match would check the rest of the text: quadratic time.
    return pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                       PCRE2_NO_UTF_CHECK | options, data.get(), context.get());
  };
  const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(data.get());
  std::size_t done = 0;
  std::optional<std::size_t> last_match_end;
  for (std::size_t from = 0; from <= text.size();) {
    int result = match(from, 0);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = match(from, PCRE2_NO_JIT);
    if (result == PCRE2_ERROR_NOMATCH) break;
    if (result < 0) {
      throw Error(OC_E_SAMPLE, fmt::format("the text cannot be split into words near byte {}: {}; shorten it",
                                           offset + from, pcre2_message(result)));
    }
    const std::size_t begin = bounds[0], end = bounds[1];
    if (begin == end && last_match_end == end) {  // nothing right after a match is no match: go on one character later
      from = end < text.size() ? end + read_utf8(text, end).length : end + 1;
      continue;
    }
    if (done < begin) pieces.push_back({offset + done, offset + begin});
    if (begin < end) pieces.push_back({offset + begin, offset + end});
    done = end;
    last_match_end = end;
    from = end;
  }
  if (done < text.size()) pieces.push_back({offset + done, offset + text.size()});
}

}  // namespace ocellus::models
