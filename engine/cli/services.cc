// SPDX-License-Identifier: Apache-2.0
// The commands about the machine: the cache, the emulator, what the host lacks.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"

namespace hitz::cli {

namespace {

std::string megabytes(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

// "500M", "2G", plain bytes.
Result<std::int64_t> size_of(const std::string& text) {
  char* end = nullptr;
  double number = std::strtod(text.c_str(), &end);
  std::string unit(end);
  double factor = unit == "G" ? 1e9 : unit == "M" ? 1e6 : unit == "K" ? 1e3 : unit.empty() ? 1 : 0;
  if (end == text.c_str() || factor == 0 || number < 0)
    return input_error("a size is a number with K, M or G, not '" + text + "'");
  return static_cast<std::int64_t>(number * factor);
}

Result<int> cache_stats(cache::LocalCache& cache) {
  auto stats = TRY(cache.stats());
  std::printf("results  %lld\nblobs    %lld\ncontent  %s\nstored   %s\n",
              static_cast<long long>(stats.actions), static_cast<long long>(stats.blobs),
              megabytes(stats.content_bytes).c_str(), megabytes(stats.stored_bytes).c_str());
  return 0;
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  for (const auto& folder : split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
    if (::access(join_path(folder, program).c_str(), X_OK) == 0) return true;
  }
  for (const char* folder : {"/usr/sbin", "/sbin"}) {
    if (::access(join_path(folder, program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

struct Tool {
  const char* program;
  const char* package;
  const char* why;
};

constexpr Tool kTools[] = {
    {"gcc", "gcc", "compiles for the build machine and for x86-64"},
    {"make", "make", "builds most sources"},
    {"aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", "compiles for qemuarm64"},
    {"bc", "bc", "the kernel's build needs it"},
    {"flex", "flex", "the kernel's build needs it"},
    {"bison", "bison", "the kernel's build needs it"},
    {"perl", "perl", "the kernel's build needs it"},
    {"patch", "patch", "applies patches"},
    {"tar", "tar", "unpacks sources"},
    {"xz", "xz-utils", "unpacks sources"},
    {"bzip2", "bzip2", "unpacks sources"},
    {"cpio", "cpio", "packs the initramfs"},
    {"mkfs.ext4", "e2fsprogs", "makes ext4 images"},
    {"apt-get", "apt", "fetches sources as a fallback"},
    {"qemu-system-x86_64", "qemu-system-x86", "boots images"},
    {"qemu-system-aarch64", "qemu-system-arm", "boots qemuarm64 images"}};

}  // namespace

Command cache_command() {
  Command out;
  out.usage = {
      "cache",
      "stats | gc | verify",
      "looks after the cache of task results",
      "  stats   how much there is\n"
      "  gc      takes out results least recently used until the rest fits --limit (20G)\n"
      "  verify  reads every blob again; damaged ones are taken out and built again when needed",
      {{"limit", 0, "SIZE", "for gc: 500M, 20G"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    const std::vector<std::string> known = {"stats", "gc", "verify"};
    std::string what = given.arguments.empty() ? "" : given.arguments[0];
    if (what != "stats" && what != "gc" && what != "verify")
      return input_error("hitz cache needs one of stats, gc, verify" + suggestion(what, known));
    auto house = TRY(configured(screen));
    auto cache = TRY(open_cache(*house->configuration.store));
    if (what == "stats") return cache_stats(*cache);
    if (what == "gc") {
      auto gone = TRY(cache->collect(TRY(size_of(given.last("limit", "20G")))));
      std::printf("took out %lld results and %lld blobs (%s)\n",
                  static_cast<long long>(gone.actions), static_cast<long long>(gone.blobs),
                  megabytes(gone.bytes).c_str());
      return 0;
    }
    auto verified = TRY(cache->verify());
    std::printf("checked %lld blobs, %zu damaged\n", static_cast<long long>(verified.checked),
                verified.damaged.size());
    for (const auto& hash : verified.damaged) std::printf("damaged %s (taken out)\n", hash.c_str());
    return verified.damaged.empty() ? 0 : 2;
  };
  return out;
}

Command run_command() {
  Command out;
  out.usage = {"run",
               "IMAGE [-- QEMU-ARGUMENT...]",
               "boots a built image in QEMU, its serial console on this terminal",
               "  What to start comes from the machine's QB_ variables. Ctrl-A X ends QEMU.",
               {{"ext4", 0, "", "boot from the ext4 image instead of the initramfs"},
                {"print", 0, "", "print the command instead of running it"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty())
      return input_error("hitz run needs an image, for example 'hitz run core-image'");
    auto house = TRY(configured(screen));
    data::Store& d = *house->configuration.store;
    std::string image = given.arguments[0], deploy = TRY(d.text("DEPLOY_DIR_IMAGE")),
                machine = TRY(d.text("MACHINE"));
    std::string qemu = TRY(d.text("QB_SYSTEM_NAME"));
    if (qemu.empty())
      return input_error("the machine " + machine +
                         " does not say how to run it: QB_SYSTEM_NAME is not set");
    if (!on_path(qemu))
      return environment_error(qemu + " is not installed; 'hitz doctor' says how to get it");
    std::string kernel = join_path(deploy, TRY(d.text("QB_KERNEL")));
    std::string stem = join_path(deploy, image + "-" + machine);
    std::string disk = stem + (given.has("ext4") ? ".ext4" : ".cpio.gz");
    for (const auto& file : {kernel, disk}) {
      if (!exists(file))
        return input_error("there is no " + file + "; run 'hitz build " + image + "' first");
    }
    std::string append =
        TRY(d.text("QB_KERNEL_CMDLINE")) + (given.has("ext4") ? " root=/dev/vda rw" : "");
    std::vector<std::string> argv = {qemu};
    for (const char* name : {"QB_MACHINE", "QB_CPU", "QB_MEM", "QB_NET", "QB_OPT_APPEND"}) {
      for (auto& word : words(TRY(d.text(name)))) argv.push_back(std::move(word));
    }
    argv.insert(argv.end(), {"-nographic", "-no-reboot", "-kernel", kernel, "-append", append});
    if (given.has("ext4")) {
      argv.insert(argv.end(), {"-snapshot", "-drive", "file=" + disk + ",if=virtio,format=raw"});
    } else {
      argv.insert(argv.end(), {"-initrd", disk});
    }
    argv.insert(argv.end(), given.arguments.begin() + 1, given.arguments.end());
    if (given.has("print")) {
      std::printf("%s\n", join(argv, " ").c_str());
      return 0;
    }
    std::vector<char*> raw;
    for (auto& argument : argv) raw.push_back(argument.data());
    raw.push_back(nullptr);
    std::fflush(nullptr);
    ::execvp(raw[0], raw.data());
    return fail(system_error("run", qemu));
  };
  return out;
}

Command doctor_command() {
  Command out;
  out.usage = {"doctor",
               "",
               "says what this machine lacks for building, and the command that gets it",
               "",
               {}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    (void)given;
    (void)screen;
    std::vector<std::string> packages;
    for (const auto& tool : kTools) {
      bool there = on_path(tool.program);
      std::printf("%-8s %-24s %s\n", there ? "ok" : "missing", tool.program, tool.why);
      if (!there) packages.emplace_back(tool.package);
    }
    auto installation = find_installation();
    std::printf("%-8s %-24s %s\n", installation ? "ok" : "missing", "hitz's own files",
                installation ? installation->python.c_str() : installation.error().message.c_str());
    if (packages.empty()) return installation ? 0 : 2;
    std::printf("\nto get what is missing on Debian:\n  apt-get install %s\n",
                join(packages, " ").c_str());
    return 2;
  };
  return out;
}

std::vector<Command> all_commands() {
  return {build_command(),   run_command(),        query_command(),   graph_command(),
          parse_command(),   env_command(),        getvar_command(),  dump_command(),
          layers_command(),  new_command(),        clean_command(),   cache_command(),
          python_command(),  signatures_command(), scripts_command(), diffsigs_command(),
          dumpsig_command(), doctor_command()};
}

}  // namespace hitz::cli
