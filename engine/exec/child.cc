// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/child.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/exec/cause.h"
#include "engine/exec/interrupted.h"
#include "engine/exec/isolation.h"
#include "engine/exec/task_data.h"
#include "engine/exec/task_log.h"
#include "engine/signature/task_hash.h"
#include "engine/signature/truth.h"

namespace hitz::exec {

namespace {

using data::Store;
using data::Writer;

constexpr int kErrorOnce = 39;  // told without the task's name: it has not begun

constexpr int kNote = 20;

void read_nothing_and_write_nowhere() {
  int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, 0);
  ::dup2(null, 1);
  ::close(null);
}

class Life {
 public:
  Life(const Job& job, data::PythonHost& python, Functions& functions, const ProcessHooks& hooks,
       int messages)
      : job_(job),
        task_(job.task->name),
        unihash_(job.unihash),
        python_(python),
        functions_(functions),
        hooks_(hooks),
        messages_(messages) {}

  int run() {
    become_a_group(job_.parent);
    if (job_.gives_way) give_way();
    read_nothing_and_write_nowhere();
    hooks_.redirect([this](int level, const std::string& text) { log_line(level, text); },
                    [this](int level) { return log_.is_open() || level > kNote; },
                    [this](const std::string& kind, const std::string& text) { tell(kind, text); });
    functions_.on_log([this](int level, const std::string& text) { log_line(level, text); });
    auto result = enter();
    if (result) result = work();
    flush();
    log_.close();
    if (!result) return give_up(result.error());
    auto ended = finish();
    take_away(mark_);
    return ended ? 0 : give_up(ended.error());
  }

 private:
  void flush() { (void)hooks_.python("flush", nullptr, {}); }

  void send(char kind, const std::string& text) const {
    std::string record = kind + text;
    record += '\0';
    for (std::string_view rest = record; !rest.empty();) {
      ssize_t n = ::write(messages_, rest.data(), rest.size());
      if (n < 0 && errno != EINTR) return;
      if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  // Into the log; what is more than a note, to the build too.
  void log_line(int level, const std::string& text) {
    if (log_.is_open()) {
      flush();
      log_.write(level, text);
      if (level >= 40) shown_ = level != kErrorWithLog;
    }
    if (level > kNote || (level == kNote && functions_.traces_scripts()))
      send('M', std::to_string(level) + " " + text);
  }

  void tell(const std::string& kind, const std::string& text) {
    send('T', kind + " " + text);
    std::string own = job_.recipe->virtual_file + ":" + task_ + " ";
    if (kind == "unihash" && text.starts_with(own)) unihash_ = text.substr(own.size());
  }

  Result<void> fire(const std::string& event) {
    TRY(hooks_.python("fire", d_.get(),
                      {event, task_, job_.recipe->virtual_file, log_.path(), shown_ ? "1" : ""}));
    return {};
  }

  int give_up(const Error& error) {
    bool told = error.kind == Kind::Handled;
    std::string text = told ? "" : error.text();
    shown_ = shown_ || told || functions_.traces_scripts();
    if (!text.empty()) log_line(job_.quiet ? 30 : 40, text);
    if (d_) (void)fire(job_.quiet ? "TaskFailedSilent" : "TaskFailed");
    if (!mark_.path.empty() && !may_leave_halves(read_file(log_.path()).value_or("") + text))
      take_away(mark_);
    send('F', shown_ ? "shown" : "");
    send('R', text);
    flush();
    return error.blame == Blame::Internal ? 3 : error.blame == Blame::Environment ? 2 : 1;
  }

  // ---- what the task finds
  Result<void> enter() {
    auto base = TRY(recipe_data(job_));
    TRY_VOID(set_umask(*base));
    TRY(hooks_.python("begin", base.get(), {job_.recipe->virtual_file}));
    set_process_name(job_.recipe->pn + ":" + replace_all(task_, "do_", ""));
    if (!TRY(signature::truth_of(TRY(base->get_flag(task_, "network")))))
      leave_network(job_.empty_network);
    TRY_VOID(use_environment(*base));
    d_ = TRY(task_data(job_, *base));
    TRY_VOID(set_priorities());
    if (std::string wrong = unexpanded(TRY(d_->text("T"))); !wrong.empty()) {
      log_line(kErrorOnce, wrong);
      return kind_error(Kind::Handled, "");
    }
    TRY_VOID(log_.open(task_, *d_));
    send('L', log_.path());
    TRY_VOID(d_->set("BB_LOGFILE", log_.path(), Writer::Code));
    TRY_VOID(d_->set("BB_RUNTASK", task_, Writer::Code));
    TRY(hooks_.python("enter", d_.get(), {}));
    return leave_mark_if_needed();
  }

  Result<void> set_umask(Store& base) const {
    std::string text = TRY(flag_text(base, task_, "umask"));
    if (text.empty()) text = TRY(base.text("BB_DEFAULT_UMASK"));
    if (!text.empty()) ::umask(static_cast<mode_t>(std::strtoul(text.c_str(), nullptr, 8)));
    return {};
  }

  Result<void> use_environment(Store& base) const {
    if (data::is_set(TRY(base.get_flag(task_, "fakeroot")))) {
      functions_.run_under_fakeroot();
      for (const auto& folder : words(TRY(base.text("FAKEROOTDIRS"))))
        TRY_VOID(make_folders(folder));
    }
    std::vector<std::string> flat;
    auto environment = TRY(environment_of(job_, base));
    ::clearenv();
    for (const auto& [name, value] : environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
      flat.insert(flat.end(), {name, value});
    }
    TRY(hooks_.python("know_environment", nullptr, flat));
    return {};
  }

  Result<void> set_priorities() {
    if (std::string nice = TRY(d_->text("BB_TASK_NICE_LEVEL")); !nice.empty())
      set_niceness(std::atoi(nice.c_str()));
    std::string io = TRY(d_->text("BB_TASK_IONICE_LEVEL"));
    if (!io.empty() && !set_io_priority(io)) log_line(30, "Invalid ionice level " + io);
    return {};
  }

  // A task that cleans its folders first, or that runs anew every time, can be cut off without
  // harm.
  Result<void> leave_mark_if_needed() {
    if (job_.marks.empty() || job_.task->nostamp ||
        !TRY(flag_text(*d_, task_, "cleandirs")).empty())
      return {};
    mark_ = TRY(leave_mark(job_.marks, {job_.label, TRY(d_->text("WORKDIR")), job_.recipe->stamp}));
    return {};
  }

  // ---- what it does
  Result<void> work() {
    TRY_VOID(fire("TaskStarted"));
    for (const auto& function : TRY(functions_of(task_, *d_)))
      TRY_VOID(functions_.run(function, *d_));
    return {};
  }

  Result<void> finish() {
    if (job_.keep) TRY_VOID(job_.keep());
    TRY_VOID(fire("TaskSucceeded"));
    if (!job_.stamp.empty() && !d_->has_flag(task_, "selfstamp")) {
      TRY_VOID(make_stamp(*job_.recipe, task_, stamp()));
      if (job_.stamped) TRY_VOID(job_.stamped(unihash_));
    }
    flush();
    return {};
  }

  // Its result may turn out to be another's, whose hash stands for it from then on.
  std::string stamp() const {
    return unihash_ == job_.unihash ? job_.stamp
                                    : signature::stamp_path(*job_.recipe, task_, unihash_);
  }

  const Job& job_;
  const std::string& task_;
  std::string unihash_;
  data::PythonHost& python_;
  Functions& functions_;
  const ProcessHooks& hooks_;
  int messages_;
  std::shared_ptr<Store> d_;  // null until the task has its data
  TaskLog log_;
  bool shown_ = false;  // why it fails has been told
  LeftMark mark_;
};

}  // namespace

int run_in_child(const Job& job, data::PythonHost& python, Functions& functions,
                 const ProcessHooks& hooks, int messages) {
  int status = Life(job, python, functions, hooks, messages).run();
  if (job.finally) job.finally();
  return status;
}

}  // namespace hitz::exec
