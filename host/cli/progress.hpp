// How far a run is, on stderr: a bar on a terminal, plain lines elsewhere.
#pragma once

#include <cstdio>
#include <functional>
#include <mutex>
#include <string>

namespace ocellus::cli {

// May be used from several threads: plugins log from the one that prepares the next sample.
class Progress {
 public:
  enum class Style { none, plain, bar };

  // What the outside world is; tests bring their own.
  struct Surroundings {
    std::FILE* out = stderr;
    std::function<double()> seconds;  // a clock that only goes on
    std::function<int()> columns;     // of the terminal
  };
  static Surroundings of_this_process();

  // Can the terminal at stderr, if it is one, go back to the start of a line?
  static bool can_redraw();

  // `word` is auto, bar, plain or none.
  static Style style_of(const std::string& word, bool can_redraw);

  Progress(Style style, Surroundings surroundings);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void started(size_t index, size_t count, const std::string& sample);
  void kept(size_t index, size_t count, const std::string& sample);  // finished by an earlier run: no part of the rate
  void tokens(size_t n);                                             // of the answer of the sample at hand
  void finished();                                                   // or failed

  // Takes the bar off its line, before something else is printed. The next event draws it again.
  void clear();

  // Calls `print` while the bar is off its line.
  void aside(const std::function<void()>& print);

 private:
  void draw();
  void erase();
  std::string rate_and_rest() const;  // "0.42/s, 1:17 left"; empty while nothing is known

  std::mutex mutex_;
  Style style_;
  Surroundings around_;
  double start_ = 0, last_drawn_ = 0;
  size_t count_ = 0, position_ = 0;  // samples; position counts from 1
  size_t finished_ = 0;              // in this run
  size_t tokens_ = 0;
  std::string sample_;
  bool is_drawn_ = false;
};

}  // namespace ocellus::cli
