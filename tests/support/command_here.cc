// SPDX-License-Identifier: Apache-2.0
#include "tests/support/command_here.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/dispatch.h"
#include "tests/support/catch.h"
#include "tests/support/parsing_house.h"

namespace hitz::testing {

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
WORKDIR = "${TMPDIR}/wd/${PN}"
T = "${WORKDIR}/temp"
B = "${WORKDIR}"
DL_DIR = "${TOPDIR}/downloads"
FILESPATH = "${FILE_DIRNAME}/${PN}:${FILE_DIRNAME}/files"
OVERRIDES = "${MACHINE}:pn-${PN}"
OE_FRAGMENTS ??= ""
require conf/local.conf
require conf/machine/${MACHINE}.conf
addfragments conf/fragments OE_FRAGMENTS OE_FRAGMENTS_METADATA_VARS OE_FRAGMENTS_BUILTIN
HITZ_RETRIES ??= "0"
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

/// The exit status of the last command, or of the first one that fails.
int run_all(const std::string& commands) {
  std::vector<std::string> line;
  for (auto& word : words(commands)) {
    if (word != "&&") {
      line.push_back(std::move(word));
    } else if (int status = cli::dispatch(std::exchange(line, {})); status != 0) {
      return status;
    }
  }
  return cli::dispatch(line);
}

}  // namespace

std::string told_by_hitz(const std::string& world, const std::string& commands) {
  FileWorld files(small_world(kWorld + world));
  const std::string told = files.root() + "/told";
  need(ParsingHouse::open());  // Python is started once for all
  std::fflush(nullptr);        // or the child would write it too
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
    int status = run_all(commands);
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

}  // namespace hitz::testing
