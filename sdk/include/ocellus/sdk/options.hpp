// Options as typed members:
//
//   struct Options : ocellus::OptionSet {
//     ocellus::IndexSetOption layers{*this, "layers", "-1", "decoder layers to show"};
//     ocellus::RealOption alpha{*this, "alpha", "0.6", "opacity of the map", 0, 1};
//   };
//
// A default-constructed set is the static table; `bind` fills in the user's values.
#pragma once

#include <ocellus/abi/options.h>

#include <algorithm>
#include <deque>
#include <initializer_list>
#include <ocellus/sdk/host.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ocellus {

class OptionSet {
 public:
  OptionSet() = default;
  OptionSet(const OptionSet&) = delete;
  OptionSet& operator=(const OptionSet&) = delete;

  void bind(const Host& host, const oc_options* options) {
    service_ = &host.service<oc_options_1>(OC_SERVICE_OPTIONS);
    host_ = host;
    options_ = options;
  }

  // NULL-terminated; lives as long as the set.
  const oc_param* const* table() {
    pointers_.clear();
    for (const oc_param& param : params_) pointers_.push_back(&param);
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  friend class OptionBase;
  std::deque<oc_param> params_;
  std::deque<std::vector<const char*>> choices_;
  std::vector<const oc_param*> pointers_;
  const oc_options_1* service_ = nullptr;
  Host host_;
  const oc_options* options_ = nullptr;
};

// One value of a choice and what it means. Both are string literals.
using Choice = std::pair<const char*, const char*>;

class OptionBase {
 public:
  OptionBase(OptionSet& set, uint32_t type, const char* key, const char* default_text, const char* help, double min = 0,
             double max = 0, std::initializer_list<Choice> choices = {})
      : set_(set), key_(key) {
    oc_param param{};
    param.struct_size = sizeof param;
    param.type = type;
    param.key = key;
    param.help = help;
    param.default_text = default_text;
    param.min = min;
    param.max = max;
    if (choices.size() > 0) {
      std::vector<const char*>& flat = set.choices_.emplace_back();
      for (const Choice& choice : choices) flat.insert(flat.end(), {choice.first, choice.second});
      flat.push_back(nullptr);
      param.choices = flat.data();
    }
    set.params_.push_back(param);
  }
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;

 protected:
  const oc_options_1& service() const { return *set_.service_; }
  const oc_index_sets_1& index_sets() const { return set_.host_.service<oc_index_sets_1>(OC_SERVICE_INDEX_SETS); }
  const oc_options* options() const { return set_.options_; }
  const char* key() const { return key_; }

  std::string text() const {
    const char* value = nullptr;
    check(service().text(options(), key_, &value));
    return value;
  }

 private:
  OptionSet& set_;
  const char* key_;
};

class BoolOption : public OptionBase {
 public:
  BoolOption(OptionSet& set, const char* key, const char* default_text, const char* help)
      : OptionBase(set, OC_PARAM_BOOL, key, default_text, help) {}
  bool value() const {
    int32_t value = 0;
    check(service().boolean(options(), key(), &value));
    return value != 0;
  }
};

class IntegerOption : public OptionBase {
 public:
  IntegerOption(OptionSet& set, const char* key, const char* default_text, const char* help, double min, double max)
      : OptionBase(set, OC_PARAM_INT, key, default_text, help, min, max) {}
  int64_t value() const {
    int64_t value = 0;
    check(service().integer(options(), key(), &value));
    return value;
  }
};

class RealOption : public OptionBase {
 public:
  RealOption(OptionSet& set, const char* key, const char* default_text, const char* help, double min, double max)
      : OptionBase(set, OC_PARAM_FLOAT, key, default_text, help, min, max) {}
  double value() const {
    double value = 0;
    check(service().real(options(), key(), &value));
    return value;
  }
};

class TextOption : public OptionBase {
 public:
  TextOption(OptionSet& set, const char* key, const char* default_text, const char* help)
      : OptionBase(set, OC_PARAM_TEXT, key, default_text, help) {}
  std::string value() const { return text(); }
};

class ChoiceOption : public OptionBase {
 public:
  ChoiceOption(OptionSet& set, const char* key, const char* default_text, const char* help,
               std::initializer_list<Choice> choices)
      : OptionBase(set, OC_PARAM_CHOICE, key, default_text, help, 0, 0, choices) {}
  std::string value() const { return text(); }
};

// The parts of a text whose choices are joined by '+'. Where one choice begins another ("cam", "cam++"), the longest
// that a '+' or the end follows is taken. What is no choice goes on to the next '+'.
template <class Choices>
std::vector<std::string> split_words(const std::string& joined, const Choices& choices) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < joined.size();) {
    size_t length = std::min(joined.find('+', begin), joined.size()) - begin;
    for (const std::string& choice : choices) {
      const size_t end = begin + choice.size();
      if (choice.size() > length && joined.compare(begin, choice.size(), choice) == 0 &&
          (end == joined.size() || joined[end] == '+'))
        length = choice.size();
    }
    words.push_back(joined.substr(begin, length));
    begin += length + 1;
    if (begin == joined.size()) words.emplace_back();  // nothing behind the last '+'
  }
  return words;
}

// Some of the choices, joined by '+'.
class WordsOption : public OptionBase {
 public:
  WordsOption(OptionSet& set, const char* key, const char* default_text, const char* help,
              std::initializer_list<Choice> choices)
      : OptionBase(set, OC_PARAM_WORDS, key, default_text, help, 0, 0, choices) {
    for (const Choice& choice : choices) choices_.emplace_back(choice.first);
  }
  std::vector<std::string> value() const { return split_words(text(), choices_); }

 private:
  std::vector<std::string> choices_;
};

// A choice, or the number of something: `heads=mean`, `heads=3`.
class IndexOption : public OptionBase {
 public:
  IndexOption(OptionSet& set, const char* key, const char* default_text, const char* help,
              std::initializer_list<Choice> choices)
      : OptionBase(set, OC_PARAM_INDEX, key, default_text, help, 0, 0, choices) {}
  std::string value() const { return text(); }
  bool is_number() const { return text().find_first_not_of("0123456789") == std::string::npos; }
  // Throws OC_E_UNSUPPORTED with the range unless the number is below `count`.
  int64_t number(const char* what, int64_t count) const {
    const std::string digits = text();
    if (digits.size() > 9 || std::stoll(digits) >= count) {
      throw Error(OC_E_UNSUPPORTED, std::string(what) + " " + digits + " does not exist: this model has " +
                                        std::to_string(count) + " of them, 0 to " + std::to_string(count - 1));
    }
    return std::stoll(digits);
  }
};

class IndexSetOption : public OptionBase {
 public:
  IndexSetOption(OptionSet& set, const char* key, const char* default_text, const char* help)
      : OptionBase(set, OC_PARAM_INDEX_SET, key, default_text, help) {}
  // As written on the command line.
  std::string value() const { return text(); }
  // In the order written. Empty means `auto`, the method's own choice.
  std::vector<int64_t> resolve(const char* what, int64_t count) const {
    size_t n = 0;
    check(service().indices(options(), key(), what, count, nullptr, &n));
    std::vector<int64_t> indices(n);
    check(service().indices(options(), key(), what, count, indices.data(), &n));
    return indices;
  }

  struct Possible {
    std::vector<int64_t> indices;   // in the order written; empty means `auto`
    std::vector<int64_t> left_out;  // that words meant and cannot be had; sorted
  };
  // Where only `possible` (sorted) can be had: a number that names another one is refused, with `why` ("attends within
  // windows") in the sentence; words (`all`, `late`) leave the others out, which is to be said to the user.
  Possible resolve_among(const char* what, int64_t count, const std::vector<int64_t>& possible, const char* why) const {
    size_t n = 0, n_left_out = 0;
    const auto ask = [&](int64_t* indices, int64_t* left_out) {
      check(index_sets().among(options(), key(), what, count, possible.data(), possible.size(), why, indices, &n,
                               left_out, &n_left_out));
    };
    ask(nullptr, nullptr);
    Possible result{std::vector<int64_t>(n), std::vector<int64_t>(n_left_out)};
    ask(result.indices.data(), result.left_out.data());
    return result;
  }
};

class QueryOption : public OptionBase {
 public:
  QueryOption(OptionSet& set, const char* key, const char* default_text, const char* help)
      : OptionBase(set, OC_PARAM_QUERY, key, default_text, help) {}
  oc_query value() const {
    oc_query value{};
    check(service().query(options(), key(), &value));
    return value;
  }
};

}  // namespace ocellus
