// Runs another program on a terminal of its own, as a user would see it.
#pragma once

#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.hpp"

namespace ocellus::test {

// The program's standard streams are the terminal. Killed with the object.
class Terminal {
 public:
  Terminal(const Command& command, int columns) {
    winsize size{};
    size.ws_row = 50;
    size.ws_col = static_cast<unsigned short>(columns);
    process_ = ::forkpty(&file_, nullptr, nullptr, &size);
    if (process_ < 0) throw std::runtime_error("there is no terminal to be had");
    if (process_ == 0) become(command);
  }
  ~Terminal() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    ::close(file_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(std::string_view keys) const {
    if (::write(file_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
      throw std::runtime_error("the terminal takes no keys");
  }

  // Everything that was written to the terminal until `text` came. Throws if it does not come within 20 s.
  std::string read_until(std::string_view text) {
    const size_t begin = read_;
    size_t found = 0;
    while ((found = written_.find(text, begin)) == std::string::npos) {
      if (!read_more()) throw std::runtime_error("there is no '" + std::string(text) + "' in " + written_);
    }
    read_ = found + text.size();
    return written_.substr(begin, read_ - begin);
  }

  // The same until the program ends; `exit_code` as of a shell.
  std::string read_all(int& exit_code) {
    while (read_more()) {
    }
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return written_;
  }

 private:
  [[noreturn]] static void become(const Command& command) {
    for (const auto& [name, value] : command.environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> words = command.arguments;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (command.folder.empty() || ::chdir(command.folder.c_str()) == 0) ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }

  // false = the program has closed the terminal.
  bool read_more() {
    fd_set wanted;
    FD_ZERO(&wanted);
    FD_SET(file_, &wanted);
    timeval limit{20, 0};
    if (::select(file_ + 1, &wanted, nullptr, nullptr, &limit) <= 0)
      throw std::runtime_error("the terminal stays silent after " + written_);
    char bytes[4096];
    const ssize_t n = ::read(file_, bytes, sizeof bytes);
    if (n <= 0) return false;
    written_.append(bytes, static_cast<size_t>(n));
    return true;
  }

  int file_ = -1;
  pid_t process_ = -1;
  std::string written_;
  size_t read_ = 0;  // by read_until
};

// What a terminal of `columns` shows in the end of what was `written` to it: its lines, without spaces at their ends.
// Knows the newline, the return to the start of the line and the erasure of its rest.
inline std::vector<std::string> screen_of(std::string_view written, size_t columns) {
  std::vector<std::string> lines(1);
  size_t column = 0;
  for (size_t i = 0; i < written.size(); ++i) {
    constexpr std::string_view erase = "\x1b[K";
    if (written.substr(i).starts_with(erase)) {
      lines.back().resize(std::min(column, lines.back().size()));
      i += erase.size() - 1;
    } else if (written[i] == '\r') {
      column = 0;
    } else if (written[i] == '\n') {
      lines.emplace_back();
      column = 0;
    } else {
      if (column == columns) lines.emplace_back(), column = 0;
      if (lines.back().size() <= column) lines.back().resize(column + 1, ' ');
      lines.back()[column++] = written[i];
    }
  }
  for (std::string& line : lines) line.resize(line.find_last_not_of(' ') + 1);
  return lines;
}

}  // namespace ocellus::test
