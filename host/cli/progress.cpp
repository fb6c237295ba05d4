#include "host/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace ocellus::cli {
namespace {

constexpr double redraw_after = 0.1;    // seconds
constexpr double plain_step_after = 5;  // seconds between lines about tokens
constexpr size_t bar_columns = 20, narrowest_with_bar = 60;

std::string duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

// Columns of a character on a terminal, never too few: what lies behind the alphabets may take two.
size_t columns_of(unsigned char first_byte) {
  constexpr unsigned char three_bytes = 0xE0;  // U+0800 and above
  return first_byte >= three_bytes ? 2 : 1;
}

// What fits into `columns`, with nothing that moves the cursor.
std::string fitted(const std::string& text, size_t columns) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = (byte & 0xC0) != 0x80;
    if (begins && columns_of(byte) > columns) break;
    if (begins) columns -= columns_of(byte);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return out;
}

}  // namespace

Progress::Surroundings Progress::of_this_process() {
  return {stderr,
          [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); },
          [] {
            winsize size{};
            return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? int{size.ws_col} : 80;
          }};
}

bool Progress::can_redraw() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

Progress::Style Progress::style_of(const std::string& word, bool can_redraw) {
  if (word == "none") return Style::none;
  if (word == "bar" || (word == "auto" && can_redraw)) return Style::bar;
  return Style::plain;
}

Progress::Progress(Style style, Surroundings surroundings) : style_(style), around_(std::move(surroundings)) {
  start_ = around_.seconds();
}

void Progress::started(size_t index, size_t count, const std::string& sample) {
  const std::lock_guard lock(mutex_);
  position_ = index + 1;
  count_ = count;
  sample_ = sample;
  tokens_ = 0;
  if (style_ == Style::plain) {
    const std::string rest = rate_and_rest();
    fmt::print(around_.out, "[{}/{}] {}{}\n", position_, count_, sample_, rest.empty() ? "" : " (" + rest + ")");
    last_drawn_ = around_.seconds();
  } else {
    draw();
  }
}

void Progress::kept(size_t index, size_t count, const std::string& sample) {
  const std::lock_guard lock(mutex_);
  position_ = index + 1;
  count_ = count;
  sample_ = sample;
  if (style_ == Style::plain) fmt::print(around_.out, "[{}/{}] {}: finished before\n", position_, count_, sample_);
}

void Progress::tokens(size_t n) {
  const std::lock_guard lock(mutex_);
  tokens_ = n;
  const double now = around_.seconds();
  if (style_ == Style::plain && now - last_drawn_ >= plain_step_after) {
    fmt::print(around_.out, "  {} tokens of answer\n", n);
    last_drawn_ = now;
  } else if (style_ == Style::bar && (!is_drawn_ || now - last_drawn_ >= redraw_after)) {
    draw();
  }
}

void Progress::finished() {
  const std::lock_guard lock(mutex_);
  ++finished_;
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  erase();
}

void Progress::aside(const std::function<void()>& print) {
  const std::lock_guard lock(mutex_);
  const bool was_drawn = is_drawn_;
  erase();
  print();
  if (was_drawn) draw();
}

void Progress::erase() {
  if (!std::exchange(is_drawn_, false)) return;
  fmt::print(around_.out, "\r\x1b[K");
  std::fflush(around_.out);
}

std::string Progress::rate_and_rest() const {
  const double elapsed = around_.seconds() - start_;
  if (finished_ == 0 || elapsed <= 0) return "";
  const double rate = static_cast<double>(finished_) / elapsed;
  const double rest = static_cast<double>(count_ - std::min(count_, position_ - 1)) / rate;
  return rate >= 1 ? fmt::format("{:.1f} samples/s, {} left", rate, duration(rest))
                   : fmt::format("{:.1f} s a sample, {} left", 1 / rate, duration(rest));
}

void Progress::draw() {
  if (style_ != Style::bar) return;
  const auto columns = static_cast<size_t>(std::max(around_.columns(), 2));
  std::string line;
  if (columns >= narrowest_with_bar) {
    const size_t filled = bar_columns * (position_ - 1) / std::max<size_t>(count_, 1);
    line = fmt::format("[{:#<{}}{:.<{}}] ", "", filled, "", bar_columns - filled);
  }
  line += fmt::format("{}/{} {}", position_, count_, sample_);
  if (tokens_ > 0) line += fmt::format(", {} tokens", tokens_);
  if (const std::string rest = rate_and_rest(); !rest.empty()) line += ", " + rest;
  // One column stays free: some terminals wrap when the last one is written.
  fmt::print(around_.out, "\r\x1b[K{}", fitted(line, columns - 1));
  std::fflush(around_.out);
  is_drawn_ = true;
  last_drawn_ = around_.seconds();
}

}  // namespace ocellus::cli
