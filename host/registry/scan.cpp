#include "host/registry/scan.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <thread>
#include <utility>

namespace ocellus::registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t longest_answer = size_t{8} << 20;
// How often a child that has closed its output is asked whether it has ended.
constexpr std::chrono::milliseconds reap_interval{2};

// One child process: what it writes is collected until it ends, it is killed with all it started if it takes too long.
class Child {
 public:
  Child(const std::filesystem::path& program, std::filesystem::path library, std::chrono::milliseconds limit)
      : library_(std::move(library)), limit_(limit), deadline_(Clock::now() + limit) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) cannot_start(program, errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // a group of its own, to be killed as one
    std::string name = program.string(), argument = scan_argument, file = library_.string();
    const std::array<char*, 4> arguments{name.data(), argument.data(), file.data(), nullptr};
    const int error = ::posix_spawn(&process_, program.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    output_ = pipe[0];
    if (error != 0) {
      ::close(output_);
      cannot_start(program, error);
    }
  }
  ~Child() {
    if (output_ >= 0) ::close(output_);
    if (process_ > 0) {
      ::kill(-process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int output() const { return output_; }

  // When it has to be looked at even if it writes nothing.
  Clock::time_point due() const { return output_ >= 0 ? deadline_ : std::min(deadline_, Clock::now() + reap_interval); }

  // Takes what it has written.
  void receive() {
    std::array<char, 65536> buffer;
    const ssize_t n = ::read(output_, buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n > 0) answer_.append(buffer.data(), static_cast<size_t>(n));
    // The answer is one line. The end of the file may never come: the library can have left processes behind.
    if (n <= 0 || answer_.ends_with('\n') || answer_.size() > longest_answer) {
      ::close(output_);
      output_ = -1;
    }
  }

  // The result, once there is one.
  std::optional<ScanResult> result() {
    if (Clock::now() >= deadline_) {
      return Refusal{library_,
                     fmt::format("it did not answer within {} s of being opened; the next start tries again",
                                 std::chrono::duration<double>(limit_).count()),
                     true};
    }
    if (output_ >= 0) return std::nullopt;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == 0) return std::nullopt;
    ::kill(-process_, SIGKILL);  // what it may have left running
    process_ = -1;
    if (WIFSIGNALED(status)) {
      return refusal(fmt::format("it crashed while it was opened: {}", ::strsignal(WTERMSIG(status))));
    }
    return parse(WEXITSTATUS(status));
  }

 private:
  [[noreturn]] static void cannot_start(const std::filesystem::path& program, int error) {
    throw Error(OC_E_INTERNAL, fmt::format("plugins cannot be scanned: {} cannot be started: {}", program.string(),
                                           std::strerror(error)));
  }

  ScanResult refusal(std::string reason) const { return Refusal{library_, std::move(reason)}; }

  ScanResult parse(int exit_status) const {
    const nlohmann::json json = nlohmann::json::parse(answer_, nullptr, false);
    try {
      if (json.contains("refused")) return refusal(json.at("refused").get<std::string>());
      if (json.contains("package")) {
        auto package = json.at("package").get<PackageRecord>();
        package.path = library_;
        return package;
      }
    } catch (const nlohmann::json::exception&) {
    }
    return refusal(answer_.empty()
                       ? fmt::format("it ended the process while it was opened (exit status {})", exit_status)
                       : "it answered with something that is no description");
  }

  std::filesystem::path library_;
  std::chrono::milliseconds limit_;
  Clock::time_point deadline_;
  pid_t process_ = -1;
  int output_ = -1;
  std::string answer_;
};

struct Running {
  size_t index;  // of the library
  std::unique_ptr<Child> child;
};

// Until one of the children has written, closed its output, or is due.
void wait_for(const std::deque<Running>& running) {
  std::vector<pollfd> outputs;
  Clock::time_point due = Clock::time_point::max();
  for (const Running& one : running) {
    due = std::min(due, one.child->due());
    outputs.push_back({one.child->output(), POLLIN, 0});  // poll() passes over -1
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now()).count();
  ::poll(outputs.data(), outputs.size(), static_cast<int>(std::max<int64_t>(left, 0)));
  for (size_t i = 0; i < running.size(); ++i) {
    if ((outputs[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) running[i].child->receive();
  }
}

}  // namespace

std::vector<ScanResult> scan(const std::filesystem::path& program, std::span<const std::filesystem::path> libraries,
                             std::chrono::milliseconds limit) {
  const size_t at_once = std::max(1U, std::thread::hardware_concurrency());
  std::vector<ScanResult> results(libraries.size());
  std::deque<Running> running;
  for (size_t next = 0; next < libraries.size() || !running.empty();) {
    for (; next < libraries.size() && running.size() < at_once; ++next) {
      running.push_back({next, std::make_unique<Child>(program, libraries[next], limit)});
    }
    wait_for(running);
    std::erase_if(running, [&](Running& one) {
      std::optional<ScanResult> result = one.child->result();
      if (result) results[one.index] = std::move(*result);
      return result.has_value();
    });
  }
  return results;
}

}  // namespace ocellus::registry
