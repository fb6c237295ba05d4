// Starts another program with its own environment and folder, and tells how it ended.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {

struct Outcome {
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;
  std::string out, err;
  int64_t peak_bytes = 0;  // largest resident set
};

struct Command {
  std::vector<std::string> arguments;              // the first one is the program's absolute path
  std::map<std::string, std::string> environment;  // in addition to this process's own
  std::filesystem::path folder;                    // to start in; empty: this process's own
};

// A running program. Killed with the object.
class Process {
 public:
  explicit Process(const Command& command) {
    std::vector<std::string> settings = environment_of(command);
    std::vector<std::string> words = command.arguments;
    std::vector<char*> arguments = pointers(words), variables = pointers(settings);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    const std::string out = out_file().string(), err = err_file().string();
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
    if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
    const int error = ::posix_spawn(&process_, arguments[0], &actions, nullptr, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(words[0] + " cannot be started: " + std::strerror(error));
  }
  ~Process() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const { ::kill(process_, signal); }

  // Throws if it has not ended by then.
  Outcome wait(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    int status = 0;
    rusage usage{};
    while (::wait4(process_, &status, WNOHANG, &usage) == 0) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the program does not end");
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    process_ = -1;
    Outcome outcome;
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.out = read_file(out_file());
    outcome.err = read_file(err_file());
    outcome.peak_bytes = int64_t{usage.ru_maxrss} * 1024;
    return outcome;
  }

 private:
  static std::vector<std::string> environment_of(const Command& command) {
    std::vector<std::string> settings;
    for (char** at = environ; *at != nullptr; ++at) {
      const std::string_view setting = *at;
      const std::string name(setting.substr(0, setting.find('=')));
      if (!command.environment.contains(name)) settings.emplace_back(setting);
    }
    for (const auto& [name, value] : command.environment) settings.push_back(name + "=" + value);
    return settings;
  }
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
  }
  std::filesystem::path out_file() const { return output_ / "out"; }
  std::filesystem::path err_file() const { return output_ / "err"; }

  TemporaryFolder output_;
  pid_t process_ = -1;
};

}  // namespace ocellus::test
