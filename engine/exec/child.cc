// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/child.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/exec/interrupted.h"
#include "engine/exec/script.h"
#include "engine/signature/truth.h"

namespace hitz::exec {

namespace {

using data::Writer;

// When hitz dies or stops a task, everything the task has started goes with it.
extern "C" void end_group(int) {
  ::signal(SIGTERM, SIG_IGN);
  ::kill(0, SIGKILL);
}

void become_a_group(int parent) {
  ::setsid();
  struct sigaction action{};
  action.sa_handler = end_group;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
  ::signal(SIGINT, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::getppid() != parent) end_group(SIGTERM);  // it died before it could be watched
}

// Only a task that says so may use the network; where the system does not allow taking it away, it
// stays.
void leave_network() {
  uid_t uid = ::getuid();
  gid_t gid = ::getgid();
  if (uid == 0) {
    if (::unshare(CLONE_NEWNET) != 0) errno = 0;
    return;
  }
  if (::unshare(CLONE_NEWNET | CLONE_NEWUSER) != 0) return;
  auto put = [](const char* path, const std::string& text) {
    int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (::write(fd, text.data(), text.size()) < 0) errno = 0;
    ::close(fd);
  };
  put("/proc/self/setgroups", "deny");
  put("/proc/self/uid_map", std::to_string(uid) + " " + std::to_string(uid) + " 1");
  put("/proc/self/gid_map", std::to_string(gid) + " " + std::to_string(gid) + " 1");
}

std::string flag_text(data::Store& d, const std::string& name, std::string_view flag) {
  auto value = d.get_flag(name, flag);
  const std::string* text = value ? data::text_of(*value) : nullptr;
  return text != nullptr ? *text : "";
}

class Life {
 public:
  Life(const Job& job, data::PythonHost& python, Functions& functions, const ProcessHooks& hooks,
       int messages)
      : job_(job), python_(python), functions_(functions), hooks_(hooks), messages_(messages) {}

  int run() {
    become_a_group(job_.parent);
    auto ready = enter();
    if (!ready) return give_up(ready.error());
    auto result = body();
    if (result && job_.keep) result = job_.keep();
    if (result && !job_.stamp.empty())
      result = make_stamp(*job_.recipe, job_.task->name, job_.stamp);
    if (!mark_.empty()) ::unlink(mark_.c_str());
    hooks_.flush();
    if (result) return 0;
    (void)python_.fire(
        "bb.build.TaskFailed",
        {data::Value(job_.task->name), data::Value(job_.recipe->file), data::Value(log_path_)},
        *d_);
    return give_up(result.error());
  }

 private:
  int give_up(const Error& error) {
    std::string text = error.text();
    if (!text.empty()) log_line(40, text);
    if (!text.empty()) send('R', text);
    return error.blame == Blame::Internal ? 3 : error.blame == Blame::Environment ? 2 : 1;
  }

  void send(char kind, const std::string& text) const {
    std::string record = kind + text;
    record += '\0';
    if (::write(messages_, record.data(), record.size()) < 0) errno = 0;
  }

  // Into the log with a prefix; from a warning on, to the build too.
  void log_line(int level, const std::string& text) {
    const char* name = level >= 40   ? "ERROR: "
                       : level >= 29 ? "WARNING: "
                       : level == 21 ? ""
                       : level >= 18 ? "NOTE: "
                                     : "DEBUG: ";
    std::string line = name + text + "\n";
    hooks_.flush();
    if (!log_path_.empty() && ::write(1, line.data(), line.size()) < 0) errno = 0;
    if (level >= 40)
      send('E', text);
    else if (level >= 29)
      send('W', text);
    else if (level == 21)
      send('P', text);
  }

  Result<void> enter() {
    d_ = TRY(job_.recipe->store.get())->copy();
    const std::string& task = job_.task->name;
    auto set = [&](std::string_view name, std::string value) {
      return d_->set(name, std::move(value), Writer::Code);
    };
    data::Value overrides = TRY(d_->get("OVERRIDES", data::Expand::No));
    std::string short_name = replace_all(task.substr(3), "_", "-");
    const std::string* before = data::text_of(overrides);
    TRY_VOID(set("OVERRIDES", "task-" + short_name + ":" + (before != nullptr ? *before : "")));
    TRY_VOID(set("BB_WORKERCONTEXT", "1"));
    TRY_VOID(set("BB_CURRENTTASK", task.substr(3)));
    TRY_VOID(set("BB_RUNTASK", task));
    TRY_VOID(set("BB_FILENAME", job_.recipe->virtual_file));
    TRY_VOID(set("BB_TASKHASH", job_.hash));
    TRY_VOID(set("BB_UNIHASH", job_.unihash));
    TRY_VOID(d_->expand_keys());
    if (job_.prepare) TRY_VOID(job_.prepare(*d_));
    TRY_VOID(open_log());
    TRY_VOID(environment());
    std::string umask_text = flag_text(*d_, task, "umask");
    if (umask_text.empty()) umask_text = TRY(d_->text("BB_DEFAULT_UMASK"));
    ::umask(umask_text.empty() ? 022
                               : static_cast<mode_t>(std::strtoul(umask_text.c_str(), nullptr, 8)));
    if (!TRY(signature::truth_of(TRY(d_->get_flag(task, "network"))))) leave_network();
    hooks_.redirect_log([this](int level, const std::string& text) { log_line(level, text); });
    functions_.on_log(
        [this](const std::string& command, const std::string& text) { fifo_line(command, text); });
    functions_.on_turn(hooks_.flush);
    return leave_mark_if_needed();
  }

  // A task that cleans its folders first, or that runs anew every time, can be cut off without
  // harm.
  Result<void> leave_mark_if_needed() {
    const std::string& task = job_.task->name;
    if (job_.marks.empty() || job_.task->nostamp || !flag_text(*d_, task, "cleandirs").empty())
      return {};
    mark_ = TRY(leave_mark(job_.marks, {job_.label, TRY(d_->text("WORKDIR")), job_.recipe->stamp}));
    return {};
  }

  void fifo_line(const std::string& command, const std::string& text) {
    static const std::map<std::string, int> kLevels = {
        {"bbplain", 21}, {"bbnote", 20},  {"bbverbnote", 18}, {"bbwarn", 30},
        {"bberror", 40}, {"bbfatal", 40}, {"bbfatal_log", 40}};
    if (command == "bbdebug") {
      std::size_t blank = std::min(text.find(' '), text.size());
      return log_line(10, blank < text.size() ? text.substr(blank + 1) : text);
    }
    auto level = kLevels.find(command);
    if (level != kLevels.end()) log_line(level->second, text);
  }

  Result<void> open_log() {
    std::string temp = TRY(d_->text("T"));
    if (temp.empty())
      return input_error("T is not set for " + job_.label +
                         ": bitbake.conf must say where logs go");
    TRY_VOID(make_folders(temp));
    const std::string& task = job_.task->name;
    std::string name = "log." + task + "." + std::to_string(::getpid());
    std::string path = join_path(temp, name);
    int log = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
    if (log < 0) return fail(system_error("create", path));
    std::string link = join_path(temp, "log." + task);
    ::unlink(link.c_str());
    if (::symlink(name.c_str(), link.c_str()) != 0) return fail(system_error("link", link));
    int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::close(null);
    ::close(log);
    log_path_ = path;
    send('L', log_path_);
    TRY_VOID(d_->set("BB_LOGFILE", log_path_, Writer::Code));
    return note_order(temp, name);
  }

  Result<void> note_order(const std::string& temp, const std::string& name) const {
    timeval now{};
    ::gettimeofday(&now, nullptr);
    char text[64];
    tm broken{};
    ::localtime_r(&now.tv_sec, &broken);
    std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &broken);
    std::string micro = std::to_string(1000000 + now.tv_usec).substr(1);
    std::string line = std::string(text) + "." + micro + " " + job_.task->name + " (" +
                       std::to_string(::getpid()) + "): " + name + "\n";
    std::string path = join_path(temp, "log.task_order");
    int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return fail(system_error("open", path));
    if (::write(fd, line.data(), line.size()) < 0) errno = 0;
    ::close(fd);
    return {};
  }

  Result<void> environment() {
    auto exported = TRY(exported_variables(*d_));
    for (auto& name : words(flag_text(*d_, job_.task->name, "exports")))
      exported[name] = TRY(d_->text(name));
    ::clearenv();
    std::vector<std::string> flat;
    for (const auto& [name, value] : exported) {
      ::setenv(name.c_str(), value.c_str(), 1);
      flat.insert(flat.end(), {name, value});
    }
    hooks_.set_environment(flat);
    return {};
  }

  Result<void> body() {
    const std::string& task = job_.task->name;
    TRY_VOID(python_.fire(
        "bb.build.TaskStarted",
        {data::Value(task), data::Value(job_.recipe->file), data::Value(log_path_)}, *d_));
    for (const auto& function : words(flag_text(*d_, task, "prefuncs")))
      TRY_VOID(functions_.run(function, *d_));
    TRY_VOID(functions_.run(task, *d_));
    for (const auto& function : words(flag_text(*d_, task, "postfuncs")))
      TRY_VOID(functions_.run(function, *d_));
    return python_.fire("bb.build.TaskSucceeded",
                        {data::Value(task), data::Value(job_.recipe->file), data::Value(log_path_)},
                        *d_);
  }

  const Job& job_;
  data::PythonHost& python_;
  Functions& functions_;
  const ProcessHooks& hooks_;
  int messages_;
  std::shared_ptr<data::Store> d_;
  std::string log_path_;
  std::string mark_;  // "" for none
};

}  // namespace

int run_in_child(const Job& job, data::PythonHost& python, Functions& functions,
                 const ProcessHooks& hooks, int messages) {
  return Life(job, python, functions, hooks, messages).run();
}

}  // namespace hitz::exec
