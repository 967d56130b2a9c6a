// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/processes.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/apart_memory.h"
#include "engine/exec/interrupted.h"
#include "engine/signature/truth.h"

namespace hitz::cli {

namespace {

// Set by the signal handler alone: how often the user pressed Ctrl-C.
volatile std::sig_atomic_t interrupts_seen = 0;  // NOLINT

extern "C" void note_interrupt(int) {
  interrupts_seen = interrupts_seen + 1;
}

bool gone(const std::string& pid) {
  return !pid.empty() && ::kill(std::atoi(pid.c_str()), 0) != 0 && errno == ESRCH;
}

}  // namespace

std::vector<std::string> started_with(Started what) {
  const char* path = what == Started::CommandLine ? "/proc/self/cmdline" : "/proc/self/environ";
  auto out = split(read_file(path).value_or(""), '\0');
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

BuildLock::~BuildLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> BuildLock::take(const std::string& folder) {
  TRY_VOID(make_folders(folder));
  std::string path = folder + "/hitz.lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) return fail(system_error("open", path));
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    std::string holder(trim(read_file(path).value_or("")));
    // The tasks of a hitz that was killed hold the lock until they are gone, which is soon.
    if (gone(holder) && ++tries_ < 200) {
      ::usleep(50'000);
      continue;
    }
    return input_error(
        "another hitz" + (holder.empty() ? std::string() : " (process " + holder + ")") +
        " is building in " + folder + "; wait for it or use another build directory");
  }
  std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd_, 0) != 0 || ::write(fd_, pid.data(), pid.size()) < 0)
    return fail(system_error("write", path));
  return {};
}

namespace {

Result<std::int64_t> number_of(data::Store& config, const std::string& name,
                               std::int64_t otherwise) {
  std::string text = TRY(config.text(name));
  if (text.empty()) return otherwise;
  char* end = nullptr;
  long long out = std::strtoll(text.c_str(), &end, 10);
  if (*end != '\0' || out < 0)
    return input_error(name + " must be a number of 0 or more, not '" + text + "'");
  return out;
}

Result<exec::RetryPolicy> retry_policy(data::Store& config) {
  exec::RetryPolicy out;
  out.retries = static_cast<int>(TRY(number_of(config, "HITZ_RETRIES", out.retries)));
  out.delay_ms = 1000 * TRY(number_of(config, "HITZ_RETRY_DELAY", out.delay_ms / 1000));
  return out;
}

}  // namespace

exec::ProcessHooks task_hooks(House& house) {
  exec::ProcessHooks hooks;
  hooks.before_fork = [&house] {
    house.share_findings();
    house.python->before_fork();
  };
  hooks.after_fork_parent = [&house] { house.python->after_fork_parent(); };
  hooks.after_fork_child = [&house] {
    use_fresh_memory();
    house.python->after_fork_child();
  };
  hooks.python = [&house](const std::string& function, data::Store* d,
                          const std::vector<std::string>& texts) {
    return house.python->call("hitz.task", function, d, texts);
  };
  hooks.redirect = [&house](exec::LogLine log, exec::ProcessHooks::Hears hears,
                            exec::ProcessHooks::Tell tell) {
    house.log = std::move(log);
    house.hears = std::move(hears);
    house.python->hooks.tell = std::move(tell);
  };
  house.functions->use(hooks.python);
  return hooks;
}

Result<std::unique_ptr<exec::Retries>> make_runner(House& house) {
  auto runner = std::make_unique<exec::Runner>(*house.python, *house.functions, *house.events,
                                               task_hooks(house));
  return std::make_unique<exec::Retries>(std::move(runner), TRY(retry_policy(*house.world->config)),
                                         *house.events, [] { return interrupts() == 0; });
}

void tell_of_logs(data::Store& config, event::BuildStarted& started) {
  started.include_logs = !config.text("BBINCLUDELOGS").value_or("").empty();
  started.log_lines = std::atoi(config.text("BBINCLUDELOGS_LINES").value_or("").c_str());
}

std::string marks_folder(const std::string& tmpdir) {
  return join_path(tmpdir, "hitz-running");
}

Result<void> recover_work(House& house, const std::string& tmpdir) {
  for (const auto& mark : TRY(exec::recover(marks_folder(tmpdir))))
    event::log(*house.events, event::Level::Note,
               mark.label +
                   " was cut off when it ran last; its recipe starts again, and what was "
                   "there is in " +
                   join_path(mark.workdir, exec::kAside));
  return {};
}

Result<bool> uses_network(const recipe::Task& task) {
  return signature::truth_of(task.network);
}

void watch_interrupts() {
  ::signal(SIGINT, note_interrupt);
}

int interrupts() {
  return static_cast<int>(interrupts_seen);
}

Result<int> parallel_tasks(data::Store& config) {
  std::string text = TRY(config.text("BB_NUMBER_THREADS"));
  int out = std::atoi(text.c_str());
  if (!text.empty() && out <= 0)
    return input_error("BB_NUMBER_THREADS must be a number above 0, not '" + text + "'");
  return out > 0 ? out : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

}  // namespace hitz::cli
