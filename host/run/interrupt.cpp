#include "host/run/interrupt.hpp"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>

namespace ocellus::run {
namespace {

constexpr int exit_interrupted = 130;
std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the flag is set in a signal handler");

void on_alarm(int) {
  _exit(exit_interrupted);
}

void on_interrupt(int) {
  if (flag.exchange(true)) _exit(exit_interrupted);  // the second one is meant
  struct sigaction action {};
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval limit{{0, 0}, {0, 800'000}};  // 0.8 s
  setitimer(ITIMER_REAL, &limit, nullptr);
}

}  // namespace

void watch_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
  return flag.load(std::memory_order_relaxed);
}

}  // namespace ocellus::run
