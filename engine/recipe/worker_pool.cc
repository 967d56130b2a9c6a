// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/worker_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/file.h"
#include "engine/base/process.h"

namespace hitz::recipe {

namespace {

constexpr std::size_t kHeader = sizeof(std::uint64_t);

// Numbers as they lie in memory: whoever reads them is a process of the same program.
template <class T>
std::string_view bytes_of(const std::vector<T>& items) {
  return {reinterpret_cast<const char*>(items.data()), items.size() * sizeof(T)};
}

template <class T>
std::vector<T> items_of(std::string_view bytes) {
  std::vector<T> out(bytes.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size() * sizeof(T));
  return out;
}

// The next item nobody has taken: workers take one when they are done with one.
class SharedCounter {
 public:
  SharedCounter()
      : memory_(::mmap(nullptr, sizeof(std::atomic<std::size_t>), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ != MAP_FAILED) new (memory_) std::atomic<std::size_t>(0);
  }
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;
  ~SharedCounter() {
    if (memory_ != MAP_FAILED) ::munmap(memory_, sizeof(std::atomic<std::size_t>));
  }
  bool made() const { return memory_ != MAP_FAILED; }
  std::size_t take() { return static_cast<std::atomic<std::size_t>*>(memory_)->fetch_add(1); }

 private:
  void* memory_;
};

// The worker's side of the pipe. A name is sent once; after that, its number.
class Sender {
 public:
  explicit Sender(int pipe) : pipe_(pipe) {}

  /// Tells what is worked at, so that who reads knows it when nothing more comes.
  bool begin(std::size_t item) const {
    ByteWriter out;
    out.number(item);
    return put_message(out.take());
  }

  bool send(std::size_t item, const Told& told) {
    const auto& result = told.result;
    ByteWriter out;
    out.number(item);
    out.number(result ? 1 : 0);
    if (result) {
      out.text(result->record);
      strings(result->files, out);
      out.text(bytes_of(result->numbered));
      out.text(bytes_of(result->others));
      out.number(result->all_names ? 1 : 0);
      strings(result->outside, out);
      out.number(result->keep ? 1 : 0);
    } else {
      const Error& error = result.error();
      out.number(static_cast<std::uint64_t>(error.blame));
      out.number(static_cast<std::uint64_t>(error.kind));
      out.text(error.message);
      out.texts(error.trail);
      out.texts(error.chain);
      out.text(error.hint);
    }
    out.number(told.log.size());
    for (const auto& line : told.log) {
      out.number(static_cast<std::uint64_t>(line.level));
      out.text(line.message);
    }
    out.text(told.findings);
    return put_message(out.take());
  }

 private:
  bool put_message(const std::string& body) const {
    std::uint64_t size = body.size();
    return put({reinterpret_cast<const char*>(&size), kHeader}) && put(body);
  }

  void strings(const std::vector<std::string>& values, ByteWriter& out) {
    out.number(values.size());
    for (const auto& value : values) {
      auto [known, fresh] = numbers_.try_emplace(value, numbers_.size());
      out.number(known->second);
      if (fresh) out.text(value);
    }
  }

  bool put(std::string_view bytes) const {
    while (!bytes.empty()) {
      ssize_t n = ::write(pipe_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  int pipe_;
  std::unordered_map<std::string, std::size_t> numbers_;
};

// This process's side.
// Leaving is what metadata asks for (os._exit); no metadata asks for a signal.
Error death(int status) {
  if (WIFEXITED(status))
    return Error{Blame::Input,
                 "Python of the recipe ended the process that parses it, with exit status " +
                     std::to_string(WEXITSTATUS(status)),
                 {},
                 Kind::Plain};
  int signal = WTERMSIG(status);
  return Error{Blame::Internal,
               "the process that parses it was ended by signal " + std::to_string(signal) + " (" +
                   ::strsignal(signal) + ")",
               {},
               Kind::Plain};
}

class Worker {
 public:
  Worker(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}
  int pipe() const { return pipe_; }
  bool open() const { return pipe_ >= 0; }
  bool is_within_an_item() const { return at_.has_value(); }

  /// Reads what is there; hands over every whole message. false: the worker has closed the pipe.
  bool read(const std::function<void(std::size_t, Told)>& done) {
    char buffer[1 << 16];
    ssize_t n = ::read(pipe_, buffer, sizeof buffer);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    if (n == 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(n));
    std::size_t used = 0;
    std::uint64_t size = 0;
    while (pending_.size() - used >= kHeader) {
      pending_.copy(reinterpret_cast<char*>(&size), kHeader, used);
      if (pending_.size() - used - kHeader < size) break;
      message(std::string_view(pending_).substr(used + kHeader, size), done);
      used += kHeader + size;
    }
    pending_.erase(0, used);
    return true;
  }

  /// Waits for its end. What it was working at then will never be done: done gets how it ended.
  void end(const std::function<void(std::size_t, Told)>& done) {
    ::close(pipe_);
    pipe_ = -1;
    int status = wait_for(pid_);
    if (auto item = std::exchange(at_, std::nullopt))
      done(*item, Told{fail(death(status)), {}, {}});
  }

  void kill() const { ::kill(pid_, SIGKILL); }

 private:
  void message(std::string_view bytes, const std::function<void(std::size_t, Told)>& done) {
    ByteReader in(bytes);
    std::size_t item = in.number();
    at_ = item;
    if (in.at_end()) return;  // it has only begun
    at_.reset();
    Told told{result(in), {}, {}};
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
      auto level = static_cast<event::Level>(in.number());
      told.log.push_back({level, std::string(in.text())});
    }
    told.findings = in.text();
    done(item, std::move(told));
  }

  Result<Evaluated> result(ByteReader& in) {
    if (in.number() == 0) {
      Error error;
      error.blame = static_cast<Blame>(in.number());
      error.kind = static_cast<Kind>(in.number());
      error.message = in.text();
      error.trail = in.texts();
      error.chain = in.texts();
      error.hint = in.text();
      return fail(std::move(error));
    }
    Evaluated out;
    out.record = in.text();
    out.files = strings(in);
    out.numbered = items_of<data::NameId>(in.text());
    out.others = items_of<std::uint64_t>(in.text());
    out.all_names = in.number() != 0;
    out.outside = strings(in);
    out.keep = in.number() != 0;
    return out;
  }

  std::vector<std::string> strings(ByteReader& in) {
    std::vector<std::string> out;
    for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
      std::uint64_t number = in.number();
      if (number == known_.size()) known_.emplace_back(in.text());
      if (number < known_.size()) out.push_back(known_[number]);
    }
    return out;
  }

  pid_t pid_;
  int pipe_;
  std::string pending_;
  std::optional<std::size_t> at_;  // the item that it has begun and not done
  std::vector<std::string> known_;
};

int live(SharedCounter& counter, std::size_t count, const Pool& pool, int pipe, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) return 1;
  Sender sender(pipe);
  for (std::size_t item = counter.take(); item < count; item = counter.take()) {
    if (!sender.begin(item) || !sender.send(item, pool.work(item))) return 1;
  }
  return 0;
}

Result<Worker> hire(SharedCounter& counter, std::size_t count, const Pool& pool) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(system_error("make a pipe for", "a parser"));
  pid_t parent = ::getpid();
  pool.hooks.before();
  pid_t pid = ::fork();
  if (pid == 0) {
    pool.hooks.after_in_child();
    ::close(ends[0]);
    ::_exit(live(counter, count, pool, ends[1], parent));
  }
  pool.hooks.after_in_parent();
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return fail(system_error("fork for", "a parser"));
  }
  return Worker(pid, ends[0]);
}

}  // namespace

struct Crew::State {
  State(std::size_t items, Pool of) : count(items), left(items), pool(std::move(of)) {}
  ~State() {
    for (auto& worker : workers) {
      if (worker.open()) worker.kill();
    }
    (void)listen(Replace::No);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  enum class Replace { No, Yes };

  Result<void> hire_one() {
    workers.push_back(TRY(hire(counter, count, pool)));
    ++open;
    return {};
  }

  // Takes what workers tell until the last has ended. One that ends within an item is replaced, so
  // that one item costs no other.
  Result<void> listen(Replace replace) {
    auto done = [&](std::size_t item, Told told) {
      --left;
      if (replace == Replace::Yes) pool.done(item, std::move(told));
    };
    while (open > 0) {
      std::vector<pollfd> watched;
      for (const auto& worker : workers) watched.push_back({worker.pipe(), POLLIN, 0});
      if (::poll(watched.data(), watched.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return fail(system_error("wait for", "parsers"));
      }
      for (std::size_t i = 0; i < watched.size(); ++i) {
        if (!workers[i].open() || watched[i].revents == 0 || workers[i].read(done)) continue;
        --open;
        bool within = workers[i].is_within_an_item();
        workers[i].end(done);
        if (within && replace == Replace::Yes && left > 0) TRY_VOID(hire_one());
      }
    }
    return {};
  }

  SharedCounter counter;
  std::size_t count, left, open = 0;
  Pool pool;
  std::vector<Worker> workers;
};

Crew::Crew(std::size_t count, Pool pool)
    : state_(std::make_unique<State>(count, std::move(pool))) {}
Crew::~Crew() = default;

Result<void> Crew::start() {
  State& s = *state_;
  if (!s.counter.made()) return fail(system_error("share memory with", "parsers"));
  for (int i = 0; i < s.pool.processes; ++i) TRY_VOID(s.hire_one());
  return {};
}

Result<void> Crew::finish() {
  TRY_VOID(state_->listen(State::Replace::Yes));
  if (state_->left > 0) return internal_error("a process that parses recipes has died");
  return {};
}

Result<void> work_off(std::size_t count, Pool pool) {
  Crew crew(count, std::move(pool));
  TRY_VOID(crew.start());
  return crew.finish();
}

}  // namespace hitz::recipe
