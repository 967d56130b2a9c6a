// SPDX-License-Identifier: Apache-2.0
//
// Between the two: a socket of packets. To the agent one for each task: its number, T or S
// (setscene), hash, hash that stands for it, stamp, then names and values in turn, each ended by
// 0x1f; the descriptor of the task's messages travels along. The agent writes two messages of its
// own there: 'I' and the process id at the task's beginning, 'X' and its status at the end.

#include "engine/cli/fakeroot_agent.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/processes.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace hitz::cli {

namespace {

constexpr const char* kVariable = "HITZ_FAKEROOT_AGENT";  // its end of the socket
constexpr char kField = '\x1f';
constexpr int kSocket = 7;  // where the agent finds it

Result<void> send_packet(int socket, const std::string& text, int descriptor) {
  char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
    return fail(system_error("tell", "the process for tasks under FAKEROOTCMD"));
  return {};
}

struct Packet {
  std::vector<std::string> fields;
  int descriptor = -1;
};

// Nothing when the other end is closed.
std::optional<Packet> receive_packet(int socket) {
  static std::string buffer(1 << 20, '\0');
  char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n = 0;
  while ((n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (n <= 0 || header == nullptr) return std::nullopt;
  Packet out;
  std::memcpy(&out.descriptor, CMSG_DATA(header), sizeof out.descriptor);
  out.fields = split(std::string_view(buffer.data(), static_cast<std::size_t>(n)), kField);
  return out;
}

void set_in(std::vector<std::string>& environment, const std::string& setting) {
  std::string name = setting.substr(0, setting.find('=') + 1);
  std::erase_if(environment, [&](const std::string& one) { return one.starts_with(name); });
  environment.push_back(setting);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::string absolute(const std::string& program, const std::vector<std::string>& environment) {
  if (program.starts_with('/') || program.find('/') == std::string::npos) return program;
  for (const auto& one : environment) {
    if (one.starts_with("PWD=")) return join_path(one.substr(4), program);
  }
  return program;
}

void put(int fd, const std::string& text) {
  if (::write(fd, text.c_str(), text.size() + 1) < 0) errno = 0;
}

class Service {
 public:
  Service(House& house, QueueFacts& facts) : house_(house), facts_(facts) {}

  Result<int> run() {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    hooks_ = task_hooks(house_);
    for (const auto& word : words(TRY(house_.world->config->text("FAKEROOTBASEENV")))) {
      std::size_t equal = std::min(word.find('='), word.size() - 1);
      ::setenv(word.substr(0, equal).c_str(), word.c_str() + equal + 1, 1);
    }
    for (bool open = true; open;) {
      std::vector<pollfd> watched = {{kSocket, POLLIN, 0}};
      for (const auto& [process, task] : running_) watched.push_back({process, POLLIN, 0});
      if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
      for (std::size_t i = 1; i < watched.size(); ++i) {
        if (watched[i].revents != 0) finish(watched[i].fd);
      }
      if (watched[0].revents == 0) continue;
      auto packet = receive_packet(kSocket);
      open = packet.has_value();
      if (open) TRY_VOID(start(*packet));
    }
    return 0;
  }

 private:
  struct Task {
    int pid;
    int messages;
  };

  Result<void> start(const Packet& packet) {
    if (packet.fields.size() < 6) return internal_error("a packet for a task lacks fields");
    const auto& fields = packet.fields;
    std::vector<std::pair<std::string, std::string>> settings;
    for (std::size_t i = 5; i + 1 < fields.size(); i += 2)
      settings.emplace_back(fields[i], fields[i + 1]);
    if (!jobs_) jobs_.emplace(TRY(TaskJobs::of(house_, facts_, std::move(settings))));
    TaskId id{static_cast<std::uint32_t>(std::stoul(fields[0]))};
    auto job = TRY(
        jobs_->job(id, fields[1] == "S" ? TaskJobs::Variant::Setscene : TaskJobs::Variant::Task));
    job.hash = fields[2];
    job.unihash = fields[3];
    job.stamp = fields[4];
    job.elsewhere = nullptr;
    auto store = TRY(job.recipe->store.get());
    std::string command = TRY(store->text("FAKEROOTCMD"));
    job.finally = [command] { (void)run_and_wait(command + " -S"); };
    for (const auto& folder : words(TRY(store->text("FAKEROOTDIRS"))))
      TRY_VOID(make_folders(folder));
    int pid = TRY(fork_under(TRY(store->text("FAKEROOTENV")), job, packet.descriptor));
    put(packet.descriptor, "I" + std::to_string(pid));
    int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    running_[process] = {pid, packet.descriptor};
    return {};
  }

  // What is under FAKEROOTCMD looks at its environment when it forks.
  Result<int> fork_under(const std::string& settings, const exec::Job& job, int messages) {
    std::map<std::string, std::optional<std::string>> before;
    for (const auto& word : words(settings)) {
      std::size_t equal = word.find('=');
      if (equal == std::string::npos) continue;
      std::string name = word.substr(0, equal);
      const char* old = std::getenv(name.c_str());
      before[name] = old != nullptr ? std::optional<std::string>(old) : std::nullopt;
      ::setenv(name.c_str(), word.c_str() + equal + 1, 1);
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

  void finish(int process) {
    Task task = running_.at(process);
    running_.erase(process);
    ::close(process);
    int status = 0;
    while (::waitpid(task.pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status)) ::kill(-task.pid, SIGKILL);
    put(task.messages,
        "X" + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)));
    ::close(task.messages);
  }

  static int run_and_wait(const std::string& command) {
    auto argv = words(command);
    auto raw = pointers(argv);
    int pid = 0, status = 0;
    if (::posix_spawnp(&pid, raw[0], nullptr, nullptr, raw.data(), environ) != 0) return -1;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  House& house_;
  QueueFacts& facts_;
  exec::ProcessHooks hooks_;
  std::optional<TaskJobs> jobs_;
  std::map<int, Task> running_;  // by the descriptor of the process
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
  for (const auto& word : words(TRY(d.text("FAKEROOTBASEENV")))) set_in(environment, word);
  set_in(environment, std::string(kVariable) + "=" + std::to_string(kSocket));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(system_error("make a socket for", argv[0]));
  int size = 1 << 21;
  ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  std::string log = TRY(d.text("TMPDIR")) + "/hitz-fakeroot.log";
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], kSocket);
  auto raw = pointers(argv), raw_environment = pointers(environment);
  int pid = 0;
  int error = ::posix_spawnp(&pid, raw[0], &actions, nullptr, raw.data(), raw_environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    errno = error;
    return fail(system_error("start", argv[0]));
  }
  return std::unique_ptr<FakerootAgent>(new FakerootAgent(pid, ends[0]));
}

FakerootAgent::~FakerootAgent() {
  ::close(socket_);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

Result<void> FakerootAgent::run(TaskId id, QueueFacts::Variant variant, const exec::Job& job,
                                int messages) {
  std::string text = std::to_string(id.value) + kField +
                     (variant == QueueFacts::Variant::Setscene ? "S" : "T") + kField + job.hash +
                     kField + job.unihash + kField + job.stamp + kField;
  for (const auto& [name, value] : job.settings) text += name + kField + value + kField;
  return send_packet(socket_, text, messages);
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
