// SPDX-License-Identifier: Apache-2.0
// Wrong recipes and configurations, and to the letter what hitz says of them.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <regex>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/parsing_house.h"

using namespace hitz;

namespace {

// A build directory and a core layer that does next to nothing.
constexpr const char* kWorld = R"(--> build/conf/local.conf
MACHINE = "red"
--> core/conf/machine/red.conf
--> core/conf/bitbake.conf
require conf/names.inc
P = "${PN}-${PV}"
TMPDIR = "${TOPDIR}/tmp"
STAMP = "${TMPDIR}/stamps/${PN}"
WORKDIR = "${TMPDIR}/work/${PN}"
T = "${WORKDIR}/temp"
B = "${WORKDIR}"
DL_DIR = "${TOPDIR}/downloads"
FILESPATH = "${FILE_DIRNAME}/${PN}:${FILE_DIRNAME}/files"
OVERRIDES = "${MACHINE}:pn-${PN}"
OE_FRAGMENTS ??= ""
require conf/local.conf
require conf/machine/${MACHINE}.conf
addfragments conf/fragments OE_FRAGMENTS OE_FRAGMENTS_METADATA_VARS OE_FRAGMENTS_BUILTIN
--> core/classes/base.bbclass
addtask fetch
do_fetch[network] = "1"
do_fetch[file-checksums] = "${@bb.fetch.get_checksum_file_list(d)}"
python do_fetch () {
    bb.fetch2.Fetch(d.getVar("SRC_URI").split() if d.getVar("SRC_URI") else [], d).download()
}
addtask compile after do_fetch
do_compile () {
    :
}
addtask build after do_compile
do_build[deptask] = "do_build"
do_build () {
    :
}
)";

/// A command line as hitz runs it; its exit status.
int run_here(const std::vector<std::string>& line) {
  for (auto& command : cli::all_commands()) {
    if (command.usage.command != line.at(0)) continue;
    auto given = cli::parse_options(command.usage, {line.begin() + 1, line.end()});
    cli::Screen screen(cli::Detail::Normal);
    auto status = given ? command.run(*given, screen) : Result<int>(fail(given.error()));
    if (status) return *status == 0 && screen.errors() > 0 ? 1 : *status;
    if (std::string text = status.error().text(); !text.empty())
      event::log(screen, event::Level::Error, text);
    return static_cast<int>(status.error().blame) + 1;
  }
  return -1;
}

/// What is other in each run: times, ids of processes and the names made of the folder's.
std::string without_chance(std::string text, const std::string& root) {
  text = replace_all(std::move(text), root, "@ROOT@");
  std::string mangled = root;
  for (char& c : mangled) {
    if (c == '/' || c == '-' || c == '.') c = '_';
  }
  text = replace_all(std::move(text), mangled, "_ROOT");
  text = replace_all(std::move(text), HITZ_SOURCE_ROOT, "@HITZ@");
  text = std::regex_replace(text, std::regex("(@HITZ@[^:\n]*):[0-9]+"), "$1:N");
  text = std::regex_replace(text, std::regex("[0-9]+\\.[0-9]s\\b"), "0.0s");
  return std::regex_replace(text, std::regex("\\.[0-9]{3,}\\b"), ".PID");
}

/// Runs a command in the build directory, in a process of its own as hitz is one.
std::string answer(const std::string& world, const std::string& command) {
  testing::FileWorld files(testing::small_world(kWorld + world));
  const std::string told = files.root() + "/told";
  need(testing::ParsingHouse::open());  // Python is started once for all
  std::fflush(nullptr);                 // or the child would write it too
  pid_t process = ::fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    int fd = ::open(told.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(fd, 1);
    ::dup2(fd, 2);
    ::clearenv();
    ::setenv("PATH", "/usr/bin:/bin", 1);
    ::setenv("HOME", files.root().c_str(), 1);
    ::setenv("HITZ_ROOT", HITZ_SOURCE_ROOT, 1);
    for (const auto& [name, value] : files.environment()) ::setenv(name.c_str(), value.c_str(), 1);
    if (::chdir((files.root() + "/build").c_str()) != 0) ::_exit(9);
    int status = run_here(words(command));
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  std::string ending = WIFEXITED(status) ? "exit " + std::to_string(WEXITSTATUS(status))
                                         : "signal " + std::to_string(WTERMSIG(status));
  return ending + "\n" + without_chance(need(read_file(told)), files.root());
}

}  // namespace

TEST_CASE("wrong: what is wrong in a recipe's lines is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/lines.txt", answer);
}

TEST_CASE("wrong: what is wrong with files and classes is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/files.txt", answer);
}

TEST_CASE("wrong: what is wrong in Python is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/python.txt", answer);
}

TEST_CASE("wrong: what is wrong with values is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/values.txt", answer);
}

TEST_CASE("wrong: what is wrong with tasks is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/tasks.txt", answer);
}

TEST_CASE("wrong: what is wrong with layers is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/layers.txt", answer);
}

TEST_CASE("wrong: what is wrong with targets is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/targets.txt", answer);
}

TEST_CASE("wrong: what is wrong with sources is told as the corpus says", "[wrong]") {
  testing::check_corpus("wrong/sources.txt", answer);
}
