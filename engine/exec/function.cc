// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/function.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/exec/backtrace.h"
#include "engine/exec/script.h"
#include "engine/exec/shell_process.h"

namespace hitz::exec {

namespace {

using data::Expand;

constexpr int kPlain = 21;
constexpr std::string_view kExit = "SystemExit: ";

Result<std::vector<std::string>> flag_words(data::Store& d, const std::string& name,
                                            std::string_view flag) {
  data::Value value = TRY(d.get_flag(name, flag));
  const std::string* text = data::text_of(value);
  return text != nullptr ? words(*text) : std::vector<std::string>();
}

// Files locked for as long as this lives, in the order given.
class Locks {
 public:
  Locks() = default;
  Locks(const Locks&) = delete;
  Locks& operator=(const Locks&) = delete;
  ~Locks() {
    for (int fd : open_) ::close(fd);
  }
  Result<void> take(const std::string& path) {
    TRY_VOID(make_folders(parent_of(path)));
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return fail(system_error("open the lock file", path));
    open_.push_back(fd);
    while (::flock(fd, LOCK_EX) != 0) {
      if (errno != EINTR) return fail(system_error("lock", path));
    }
    return {};
  }

 private:
  std::vector<int> open_;
};

Result<void> make_run_link(const std::string& folder, const std::string& function,
                           const std::string& run_name) {
  std::string link = join_path(folder, "run." + function);
  ::unlink(link.c_str());
  if (::symlink(run_name.c_str(), link.c_str()) != 0) return fail(system_error("link", link));
  return {};
}

// For a person to read; written anew, as nobody else looks at it meanwhile.
Result<void> write_script(const std::string& path, const std::string& text, mode_t mode) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return fail(system_error("create", path));
  for (std::string_view rest = text; !rest.empty();) {
    ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      auto error = system_error("write", path);
      ::close(fd);
      return fail(std::move(error));
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  if ((mode & 0111) != 0) ::fchmod(fd, mode);
  ::close(fd);
  return {};
}

// BB_RUNFMT: {task}, {taskfunc}, {func} and {pid} stand for what they say.
std::string formatted(std::string format,
                      const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [name, value] : values) format = replace_all(format, "{" + name + "}", value);
  return format;
}

// Gone, then there again and empty.
Result<void> make_clean(const std::string& folder, const std::string& current) {
  TRY_VOID(remove_tree(folder));
  if (!unexpanded(folder).empty()) return {};
  TRY_VOID(make_folders(folder));
  if (folder == current && ::chdir(folder.c_str()) != 0) return fail(system_error("enter", folder));
  return {};
}

std::size_t log_size() {
  off_t size = ::lseek(1, 0, SEEK_END);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

}  // namespace

std::string unexpanded(const std::string& folder) {
  if (folder.find("${") == std::string::npos) return "";
  return "Directory name " + folder +
         " contains unexpanded bitbake variable. This may cause build failures and WORKDIR "
         "polution.";
}

Result<data::PythonFunction> python_function(const std::string& name, data::Store& d) {
  data::Value body = TRY(d.get(name, Expand::No));
  data::Value path = TRY(d.get_flag(name, "filename", Expand::No)),
              line = TRY(d.get_flag(name, "lineno", Expand::No));
  const std::string* number = data::text_of(line);
  return data::PythonFunction{
      name, data::text_of(body) != nullptr ? *data::text_of(body) : "",
      data::text_of(path) != nullptr ? *data::text_of(path) : "",
      number != nullptr ? static_cast<std::uint32_t>(std::strtoul(number->c_str(), nullptr, 10))
                        : 1};
}

void Functions::log(int level, const std::string& text) {
  if (log_) log_(level, text);
}

void Functions::flush() {
  if (task_python_) (void)task_python_("flush", nullptr, {});
}

Result<std::string> Functions::prologue(data::Store& d) {
  if (prologue_.empty())
    prologue_ = TRY(python_.evaluate("bb.build.shell_trap_code()", d)).value_or("");
  return prologue_;
}

Result<void> Functions::know_prologue(data::Store& d) {
  TRY(prologue(d));
  return {};
}

Result<std::string> Functions::script(const std::string& function, data::Store& d) {
  if (d.has_flag(function, "python")) return python_script(d, function, python_);
  auto folders = TRY(flag_words(d, function, "dirs"));
  ScriptFrame frame{TRY(prologue(d)), folders.empty() ? "" : folders.back(), trace_};
  return shell_script(d, function, frame, scanner_);
}

Result<void> Functions::run(const std::string& function, data::Store& d,
                            const std::optional<std::vector<std::string>>& dirs) {
  const std::string before = current_folder();
  for (const auto& folder : TRY(flag_words(d, function, "cleandirs"))) {
    TRY_VOID(make_clean(folder, before));
    TRY_VOID(make_folder(folder));
  }
  auto folders = dirs && !dirs->empty() ? *dirs : TRY(flag_words(d, function, "dirs"));
  for (const auto& folder : folders) TRY_VOID(make_folder(folder));
  data::Value body = TRY(d.get(function, Expand::No));
  if (!data::is_set(body)) log(30, "Function " + function + " doesn't exist");
  const std::string* text = data::text_of(body);
  if (text == nullptr || text->empty()) return {};
  Files files{TRY(run_file(function, d)), folders.empty() ? "" : folders.back()};
  auto result = run_in(function, d, files);
  if (!result) return result;
  if (std::string now = current_folder(); !before.empty() && now != before) {
    log(30, "Task " + function + " changed cwd to " + now);
    if (::chdir(before.c_str()) != 0) return fail(system_error("enter", before));
  }
  return {};
}

Result<void> Functions::make_folder(const std::string& path) {
  if (std::string wrong = unexpanded(path); !wrong.empty()) {
    log(40, wrong);
    return kind_error(Kind::Handled, "");
  }
  return make_folders(path);
}

// The path of a function's script; that of a task is linked to by its plain name.
Result<std::string> Functions::run_file(const std::string& function, data::Store& d) {
  std::string temp = TRY(d.text("T")), task = TRY(d.text("BB_RUNTASK"));
  if (task.empty()) task = function;
  std::string format = TRY(d.text("BB_RUNFMT"));
  std::string name = formatted(format.empty() ? "run.{func}.{pid}" : format,
                               {{"taskfunc", task == function ? task : task + "." + function},
                                {"task", task},
                                {"func", function},
                                {"pid", std::to_string(::getpid())}});
  std::string path = join_path(temp, name);
  TRY_VOID(make_folders(parent_of(path)));
  if (task == function) TRY_VOID(make_run_link(temp, task, name));
  return path;
}

Result<void> Functions::run_in(const std::string& function, data::Store& d, const Files& files) {
  Locks locks;
  for (const auto& lock : TRY(flag_words(d, function, "lockfiles"))) TRY_VOID(locks.take(lock));
  return d.has_flag(function, "python") ? run_python(function, d, files)
                                        : run_shell(function, d, files);
}

Result<void> Functions::run_python(const std::string& function, data::Store& d,
                                   const Files& files) {
  data::PythonFunction code = TRY(python_function(function, d));
  TRY_VOID(write_script(files.run, TRY(python_script(d, function, python_)), 0666));
  const std::string before = current_folder();
  if (!files.cwd.empty() && ::chdir(files.cwd.c_str()) != 0)
    return fail(system_error("enter the folder", files.cwd));
  log(9, "Executing python function " + function);
  bool kept = trace_ && task_python_ && task_python_("keep_output", nullptr, {});
  auto ended = python_.run(code, d);
  if (kept) tell_output(task_python_("kept_output", nullptr, {}).value_or(""));
  flush();
  if (!ended && ended.error().kind == Kind::Plain && ended.error().message.starts_with(kExit))
    ended.error().kind = Kind::Function;  // it says nothing of why: the log may
  if (!ended && ended.error().kind == Kind::Plain) {
    log(40, "Error executing a python function in exec_func_python() autogenerated:\n\n" +
                ended.error().text());
    ended = kind_error(Kind::Handled, "");
  }
  log(9, "Python function " + function + " finished");
  if (!files.cwd.empty() && !before.empty() && ::chdir(before.c_str()) != 0)
    log(30, function + ": Cannot restore cwd " + before);
  return ended;
}

// What Python has written to its streams, when all is to be seen on the terminal too.
void Functions::tell_output(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (!text.empty()) log(kPlain, text);
}

void Functions::fifo_line(const std::string& record) {
  static const std::map<std::string, int> kLevels = {{"bbplain", 21},
                                                     {"bbnote", 20},
                                                     {"bbverbnote", 22},
                                                     {"bbwarn", 30},
                                                     {"bberror", 40},
                                                     {"bbfatal", 40},
                                                     {"bbfatal_log", kErrorWithLog}};
  std::size_t blank = std::min(record.find(' '), record.size());
  std::string command = record.substr(0, blank),
              text = blank < record.size() ? record.substr(blank + 1) : "";
  if (command == "bbdebug") {
    std::size_t end = std::min(text.find(' '), text.size());
    int level = std::max(1, std::atoi(text.substr(0, end).c_str()));
    return log(11 - level, end < text.size() ? text.substr(end + 1) : "");
  }
  auto level = kLevels.find(command);
  if (level == kLevels.end()) return log(30, "Unrecognised command '" + command + "' on FIFO");
  log(level->second, text);
}

Result<void> Functions::run_shell(const std::string& function, data::Store& d, const Files& files) {
  ScriptFrame frame{TRY(prologue(d)), files.cwd, trace_};
  std::string script = TRY(shell_script(d, function, frame, scanner_));
  TRY_VOID(write_script(files.run, script, 0775));
  ShellProcess process;
  process.argv = {"/bin/sh", files.run};
  if (d.has_flag(function, "fakeroot")) {
    if (std::string prefix = TRY(d.text("FAKEROOT")); !prefix.empty())
      process.argv = {prefix, files.run};
  }
  process.forked = fakeroot_;
  if (script.find("fifo") != std::string::npos)  // what does not name it cannot write to it
    process.fifo = join_path(TRY(d.text("T")), "fifo." + std::to_string(::getpid()));
  process.told = [this](const std::string& record) { fifo_line(record); };
  std::string progress;
  if (data::Value flag = TRY(d.get_flag(function, "progress")); data::text_of(flag) != nullptr)
    progress = *data::text_of(flag);
  if (!progress.empty() && task_python_) {
    if (std::string wrong = TRY(task_python_("open_progress", &d, {function, progress}));
        !wrong.empty())
      return kind_error(Kind::Function, std::move(wrong));
    process.output = [this](const std::string& text) {
      (void)task_python_("feed_progress", nullptr, {text});
    };
  }
  std::string unfinished;
  if (trace_ && !process.output) {
    process.output = [this, &unfinished](const std::string& text) {
      unfinished += text;
      std::size_t end = unfinished.rfind('\n');
      if (end == std::string::npos) return;
      log(kPlain, unfinished.substr(0, end));
      unfinished.erase(0, end + 1);
    };
  }
  log(9, "Executing shell function " + function);
  flush();
  std::size_t logged = log_size();
  int status = TRY(run_process(process));
  if (!unfinished.empty()) log(kPlain, unfinished);
  if (!progress.empty() && task_python_) (void)task_python_("close_progress", nullptr, {});
  if (status == 0) {
    log(9, "Shell function " + function + " finished");
    return {};
  }
  std::string command = process.argv.front() == "/bin/sh" ? files.run : join(process.argv, " ");
  return kind_error(Kind::Function,
                    "Execution of '" + command + "' failed with exit code " +
                        std::to_string(status) +
                        backtrace(TRY(d.text("BB_LOGFILE")), logged, script, files.run));
}

}  // namespace hitz::exec
