// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/runner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "engine/base/file.h"
#include "engine/base/process.h"
#include "engine/exec/child.h"

namespace hitz::exec {

namespace {

using Clock = std::chrono::steady_clock;

struct Running {
  Job job;
  int pid = 0;
  int messages = -1;
  std::string pending;
  std::string log, why;
  bool told = false, shown = false;
  std::vector<event::Log> errors;
  Clock::time_point since;
  std::optional<int> status{};  // of one that runs elsewhere, when it has ended
};

}  // namespace

struct Runner::State {
  data::PythonHost& python;
  Functions& functions;
  event::EventSink& events;
  ProcessHooks hooks;
  std::map<int, Running> running;   // by the read end of the pipe
  std::set<std::string> told_once;  // lines, with their levels

  void read_messages(Running& task);
  void hear_of(Running& task, const std::function<bool()>& enough);
  void show(Running& task, int level, const std::string& text);
  Finished finish(Running& task);
};

Runner::Runner(data::PythonHost& python, Functions& functions, event::EventSink& events,
               ProcessHooks hooks)
    : state_(new State{python, functions, events, std::move(hooks), {}, {}}) {}

Runner::~Runner() {
  kill_all();
}

std::size_t Runner::running() const {
  return state_->running.size();
}

Result<int> start_process(Job job, data::PythonHost& python, Functions& functions,
                          const ProcessHooks& hooks, int messages) {
  job.parent = ::getpid();
  hooks.before_fork();
  int pid = ::fork();
  if (pid == 0) {
    hooks.after_fork_child();
    ::_exit(run_in_child(job, python, functions, hooks, messages));
  }
  hooks.after_fork_parent();
  if (pid < 0) return fail(system_error("fork for", job.label));
  return pid;
}

Result<void> Runner::start(Job job) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(system_error("make a pipe for", job.label));
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  auto started =
      job.elsewhere ? job.elsewhere(ends[1]).map([] { return 0; })
                    : start_process(job, state_->python, state_->functions, state_->hooks, ends[1]);
  ::close(ends[1]);
  if (!started) {
    ::close(ends[0]);
    return fail(std::move(started.error()));
  }
  int pid = *started;
  std::string label = job.label, pn = job.recipe->pn, task = job.task->name;
  state_->running.emplace(
      ends[0], Running{std::move(job), pid, ends[0], "", "", "", false, false, {}, Clock::now()});
  state_->events.send(event::TaskStarted{label, pn, task, "", 0});
  return {};
}

void Runner::State::read_messages(Running& task) {
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(task.messages, buffer, sizeof buffer)) > 0;)
    task.pending.append(buffer, static_cast<std::size_t>(n));
  for (std::size_t end = 0; (end = task.pending.find('\0')) != std::string::npos;
       task.pending.erase(0, end + 1)) {
    std::string text = task.pending.substr(1, end - 1);
    switch (task.pending[0]) {
      case 'L': task.log = text; break;
      case 'R':
        task.why = text;
        task.told = true;
        break;
      case 'I': task.pid = std::atoi(text.c_str()); break;
      case 'X': task.status = std::atoi(text.c_str()); break;
      case 'F': task.shown = !text.empty(); break;
      case 'T':
        if (std::size_t blank = text.find(' '); task.job.told && blank != std::string::npos)
          task.job.told(text.substr(0, blank), text.substr(blank + 1));
        break;
      default: show(task, std::atoi(text.c_str()), text.substr(text.find(' ') + 1)); break;
    }
  }
}

// Lines that are told once are told without the task that told them first.
void Runner::State::show(Running& task, int level, const std::string& text) {
  constexpr int kPlain = 21, kWarnOnce = 29, kErrorOnce = 39;
  bool once = level == kWarnOnce || level == kErrorOnce;
  if (once && !told_once.insert(std::to_string(level) + text).second) return;
  auto kind = level >= kErrorOnce  ? event::Level::Error
              : level >= kWarnOnce ? event::Level::Warning
              : level == kPlain    ? event::Level::Plain
                                   : event::Level::Note;
  event::Log line{kind, once || kind == event::Level::Plain ? text : task.job.label + ": " + text,
                  level != kWarnOnce};
  if (kind == event::Level::Error && task.job.hold_errors) {
    task.errors.push_back(std::move(line));
  } else {
    events.send(line);
  }
}

// The pipe has closed: the process is at its end. One that was killed could not end its group.
int end_of(const Running& task) {
  if (task.job.elsewhere) return task.status.value_or(shell_status_of(SIGKILL));
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(task.pid), &info, WEXITED | WNOWAIT) < 0 &&
         errno == EINTR) {
  }
  if (info.si_code != CLD_EXITED) ::kill(-task.pid, SIGKILL);
  return shell_status_of(wait_for(task.pid));
}

Finished Runner::State::finish(Running& task) {
  int status = end_of(task);
  ::close(task.messages);
  Finished out;
  out.number = task.job.number;
  out.log = task.log;
  out.told = task.told;
  out.shown = task.shown;
  out.errors = std::move(task.errors);
  out.took_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - task.since).count();
  out.status = status;
  out.why = !task.why.empty() ? task.why
            : status > 128    ? "ended by signal " + std::to_string(status - 128)
                              : "exit status " + std::to_string(status);
  return out;
}

std::vector<Finished> Runner::wait(int timeout_ms) {
  std::vector<pollfd> watched;
  for (const auto& [fd, task] : state_->running) watched.push_back({fd, POLLIN, 0});
  std::vector<Finished> out;
  if (::poll(watched.data(), watched.size(), timeout_ms) <= 0) return out;
  for (const auto& one : watched) {
    if (one.revents == 0) continue;
    auto at = state_->running.find(one.fd);
    state_->read_messages(at->second);
    char probe = 0;
    ssize_t n = at->second.status ? 0 : ::read(one.fd, &probe, 1);
    if (n > 0) at->second.pending += probe;
    if (n != 0) continue;
    out.push_back(state_->finish(at->second));
    state_->running.erase(at);
  }
  return out;
}

// One that runs elsewhere tells who it is and, later, that it has ended: a while is given to it.
void Runner::State::hear_of(Running& task, const std::function<bool()>& enough) {
  constexpr int kPatience = 2000;
  pollfd watched{task.messages, POLLIN, 0};
  while (!enough() && ::poll(&watched, 1, kPatience) > 0) {
    read_messages(task);
    if ((watched.revents & POLLIN) == 0) return;
  }
}

void Runner::kill_all() {
  for (auto& [fd, task] : state_->running) {
    if (task.job.elsewhere) state_->hear_of(task, [&] { return task.pid > 0 || task.status; });
    if (task.pid > 0) {
      ::kill(-task.pid, SIGKILL);
      ::kill(task.pid, SIGKILL);
    }
  }
  for (auto& [fd, task] : state_->running) {
    if (task.job.elsewhere) {
      state_->hear_of(task, [&] { return task.status.has_value(); });
    } else {
      wait_for(task.pid);
    }
    ::close(fd);
  }
  state_->running.clear();
}

std::string task_label(const recipe::Recipe& recipe, const std::string& task) {
  return recipe.pf + " " + task;
}

std::vector<std::string> stamps_beginning(const std::string& prefix) {
  std::vector<std::string> out;
  for (auto& path : list_folder(parent_of(prefix), base_name(prefix))) {
    bool record = path.find("sigdata") != std::string::npos ||
                  path.find("sigbasedata") != std::string::npos || path.ends_with(".taint");
    if (!record) out.push_back(std::move(path));
  }
  return out;
}

// Tasks with extra information have stamps of their own by it.
std::vector<std::string> stamps_of(const recipe::Recipe& recipe, const std::string& task) {
  constexpr std::string_view kSetscene = "_setscene";
  bool scene = task.ends_with(kSetscene);
  const auto* known = recipe.task(scene ? task.substr(0, task.size() - kSetscene.size()) : task);
  std::string extra = known != nullptr ? known->stamp_extra_info : "";
  std::vector<std::string> out;
  std::string beginning = recipe.stamp + "." + task;
  for (auto& path : stamps_beginning(beginning)) {
    std::string_view rest = std::string_view(path).substr(beginning.size());
    if (rest.starts_with(kSetscene)) rest.remove_prefix(kSetscene.size());
    if (rest.starts_with('.') && (extra.empty() || path.ends_with("." + extra)))
      out.push_back(std::move(path));
  }
  return out;
}

Result<void> make_stamp(const recipe::Recipe& recipe, const std::string& task,
                        const std::string& stamp) {
  TRY_VOID(make_folders(parent_of(stamp)));
  for (const auto& old : stamps_of(recipe, task)) ::unlink(old.c_str());
  int fd = ::open(stamp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return fail(system_error("create", stamp));
  ::close(fd);
  return {};
}

}  // namespace hitz::exec
