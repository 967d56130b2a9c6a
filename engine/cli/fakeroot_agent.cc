// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/fakeroot_agent.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/process.h"
#include "engine/base/text.h"
#include "engine/cli/processes.h"
#include "engine/cli/task_server.h"
#include "engine/exec/task_data.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace hitz::cli {

namespace {

constexpr const char* kVariable = "HITZ_FAKEROOT_AGENT";  // its end of the socket
constexpr int kSocket = 7;                                // where the agent finds it

void set_in(std::vector<std::string>& environment, const std::string& setting) {
  std::string name = setting.substr(0, setting.find('=') + 1);
  std::erase_if(environment, [&](const std::string& one) { return one.starts_with(name); });
  environment.push_back(setting);
}

std::string absolute(const std::string& program, const std::vector<std::string>& environment) {
  if (program.starts_with('/') || program.find('/') == std::string::npos) return program;
  for (const auto& one : environment) {
    if (one.starts_with("PWD=")) return join_path(one.substr(4), program);
  }
  return program;
}

class Service {
 public:
  Service(House& house, QueueFacts& facts) : house_(house), facts_(facts) {}

  Result<int> run() {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    hooks_ = task_hooks(house_);
    const std::string base = TRY(house_.world->config->text("FAKEROOTBASEENV"));
    for (const auto& [name, value] : exec::settings_of(base))
      ::setenv(name.c_str(), value.c_str(), 1);
    TaskServer server(kSocket, [this](const TaskRequest& request) { return start(request); });
    TRY_VOID(server.run());
    return 0;
  }

 private:
  Result<int> start(const TaskRequest& request) {
    if (!jobs_) jobs_.emplace(TRY(TaskJobs::of(house_, facts_, request.settings)));
    auto job = TRY(jobs_->job(request.id, request.variant));
    job.hash = request.hash;
    job.unihash = request.unihash;
    job.stamp = request.stamp;
    auto store = TRY(job.recipe->store.get());
    std::string command = TRY(store->text("FAKEROOTCMD"));
    job.finally = [command] { (void)run_and_wait(command + " -S"); };
    for (const auto& folder : words(TRY(store->text("FAKEROOTDIRS"))))
      TRY_VOID(make_folders(folder));
    return fork_under(TRY(store->text("FAKEROOTENV")), job, request.messages);
  }

  // What is under FAKEROOTCMD looks at its environment when it forks.
  Result<int> fork_under(const std::string& settings, const exec::Job& job, int messages) {
    std::map<std::string, std::optional<std::string>> before;
    for (const auto& [name, value] : exec::settings_of(settings)) {
      const char* old = std::getenv(name.c_str());
      before[name] = old != nullptr ? std::optional<std::string>(old) : std::nullopt;
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    auto pid = exec::start_process(job, *house_.python, *house_.functions, hooks_, messages);
    for (const auto& [name, old] : before) {
      if (old) {
        ::setenv(name.c_str(), old->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
    return pid;
  }

  static int run_and_wait(const std::string& command) {
    auto argv = words(command);
    auto raw = as_array(argv);
    int pid = 0;
    if (::posix_spawnp(&pid, raw[0], nullptr, nullptr, raw.data(), environ) != 0) return -1;
    return wait_for(pid);
  }

  House& house_;
  QueueFacts& facts_;
  exec::ProcessHooks hooks_;
  std::optional<TaskJobs> jobs_;
};

}  // namespace

Result<std::unique_ptr<FakerootAgent>> FakerootAgent::start(House& house) {
  data::Store& d = *house.world->config;
  auto argv = words(TRY(d.text("FAKEROOTCMD")));
  if (argv.empty()) return input_error("FAKEROOTCMD is not set, and a task has the flag fakeroot");
  auto environment = started_with(Started::Environment);
  auto own = started_with(Started::CommandLine);
  if (own.empty()) return internal_error("this process has no command line");
  own[0] = absolute(own[0], environment);
  argv.insert(argv.end(), own.begin(), own.end());
  for (const auto& [name, value] : exec::settings_of(TRY(d.text("FAKEROOTBASEENV"))))
    set_in(environment, name + "=" + value);
  set_in(environment, std::string(kVariable) + "=" + std::to_string(kSocket));
  auto socket = TRY(TaskSocket::open());
  std::string log = TRY(d.text("TMPDIR")) + "/hitz-fakeroot.log";
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  ::posix_spawn_file_actions_adddup2(&actions, socket.theirs, kSocket);
  auto raw = as_array(argv), raw_environment = as_array(environment);
  int pid = 0;
  int error = ::posix_spawnp(&pid, raw[0], &actions, nullptr, raw.data(), raw_environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(socket.theirs);
  if (error != 0) {
    ::close(socket.ours);
    errno = error;
    return fail(system_error("start", argv[0]));
  }
  return std::unique_ptr<FakerootAgent>(new FakerootAgent(pid, socket.ours));
}

FakerootAgent::~FakerootAgent() {
  ::close(socket_);
  wait_for(pid_);
}

Result<void> FakerootAgent::run(TaskId id, QueueFacts::Variant variant, const exec::Job& job,
                                int messages) {
  return request_task(socket_, id, variant, job, messages);
}

// Metadata's Python finds a clean environment, and so does this by now.
bool is_fakeroot_agent() {
  for (const auto& setting : started_with(Started::Environment)) {
    if (setting.starts_with(std::string(kVariable) + "=")) return true;
  }
  return false;
}

Result<int> serve_fakeroot(House& house, const BuildOptions& options, graph::TaskGraph graph) {
  auto facts = TRY(QueueFacts::of(house, options, std::move(graph), QueueFacts::Taints::Imagine));
  return Service(house, *facts).run();
}

}  // namespace hitz::cli
