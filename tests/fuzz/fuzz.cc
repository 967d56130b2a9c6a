// SPDX-License-Identifier: Apache-2.0
// Feeds hitz with spoilt texts. What a crash, a hang or a broken promise leaves is the text that
// did it, in the file that is named.
//
//   hitz-fuzz [--seed N] [--iterations N | --seconds N] [--target NAME] [--out FILE]
//   hitz-fuzz --target NAME --replay FILE

#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/fuzz/targets.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

using namespace hitz;

namespace {

// Of the process's own time, whatever else the machine does. An expansion that grows ends by itself
// (after a thousand rounds, or with 64 MiB), and until then it may be slow: BitBake's would go on.
#if defined(__SANITIZE_ADDRESS__)
constexpr unsigned kHangSeconds = 240;  // unoptimised and watched at each step
#else
constexpr unsigned kHangSeconds = 60;
#endif
constexpr unsigned kWaitSeconds = 20 * kHangSeconds;  // by the clock: it waits for what never comes
constexpr long kLeakCheckEvery = 2000;

extern "C" void hang(int) {
  static const char kText[] = "fuzz: it hangs\n";
  [[maybe_unused]] ssize_t written = ::write(2, kText, sizeof kText - 1);
  std::abort();
}

void set_limits(unsigned seconds, unsigned by_the_clock) {
  itimerval limit{};
  limit.it_value.tv_sec = seconds;
  ::setitimer(ITIMER_PROF, &limit, nullptr);
  ::alarm(by_the_clock);
}

struct Options {
  std::uint64_t seed = 1;
  long iterations = 0, seconds = 0;
  std::string target, replay, out;
};

Options options_of(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = argv[i + 1];
  Options out;
  out.seed = std::strtoull(given["--seed"].c_str(), nullptr, 10);
  out.iterations = std::atol(given["--iterations"].c_str());
  out.seconds = std::atol(given["--seconds"].c_str());
  if (out.iterations == 0 && out.seconds == 0) out.iterations = 1000;
  out.target = given["--target"];
  out.replay = given["--replay"];
  out.out =
      given["--out"].empty() ? "/tmp/hitz-fuzz." + std::to_string(::getpid()) : given["--out"];
  return out;
}

/// The texts of tests/corpus, case by case, and the files of tests/fuzz/seeds.
std::vector<std::string> seeds() {
  const std::string root = std::string(HITZ_SOURCE_ROOT) + "/tests/";
  std::vector<std::string> out;
  for (const auto& path : tree_below(root + "corpus").value_or(std::vector<std::string>())) {
    std::string part;
    for (const auto& line : split(read_file(path).value_or(""), '\n')) {
      const bool parts = line.starts_with("====") || line == "----" || line.starts_with("--> ");
      if (!parts) part += line + "\n";
      if (parts && !part.empty()) out.push_back(std::exchange(part, ""));
    }
  }
  for (const auto& path : tree_below(root + "fuzz/seeds").value_or(std::vector<std::string>()))
    if (auto text = read_file(path)) out.push_back(std::move(*text));
  return out;
}

void check_leaks() {
#if defined(__SANITIZE_ADDRESS__)
  if (__lsan_do_recoverable_leak_check() != 0) {
    std::fprintf(stderr, "fuzz: it leaks\n");
    std::abort();
  }
#endif
}

int replay(const fuzz::Target& target, const std::string& path) {
  auto text = read_file(path);
  if (!text) return 2;
  target.feed(*text);
  check_leaks();
  return 0;
}

int run(const std::vector<fuzz::Target>& targets, const Options& options) {
  fuzz::Mutator mutator(seeds(), options.seed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
  long done = 0;
  for (; options.iterations == 0 || done < options.iterations; ++done) {
    if (options.seconds != 0 && std::chrono::steady_clock::now() >= end) break;
    const fuzz::Target& target = targets[static_cast<std::size_t>(done) % targets.size()];
    std::string text = target.make(mutator);
    if (!write_file(options.out, text)) return 2;
    set_limits(kHangSeconds, kWaitSeconds);
    target.feed(text);
    set_limits(0, 0);
    if (done % kLeakCheckEvery == kLeakCheckEvery - 1) check_leaks();
  }
  check_leaks();
  ::unlink(options.out.c_str());
  std::printf("fuzz: %ld texts, seed %llu: nothing found\n", done,
              static_cast<unsigned long long>(options.seed));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  std::signal(SIGALRM, hang);
  std::signal(SIGPROF, hang);
  auto targets = fuzz::all_targets();
  if (!options.target.empty())
    std::erase_if(targets, [&](const auto& one) { return one.name != options.target; });
  if (targets.empty()) {
    std::fprintf(stderr, "fuzz: there is no target '%s'\n", options.target.c_str());
    return 2;
  }
  std::fprintf(stderr, "fuzz: the text that is tried stands in %s\n", options.out.c_str());
  int status = options.replay.empty() ? run(targets, options) : replay(targets[0], options.replay);
  std::fflush(nullptr);
  ::_exit(status);  // Python's objects live as long as the process
}
