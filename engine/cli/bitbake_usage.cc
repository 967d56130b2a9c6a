// SPDX-License-Identifier: Apache-2.0
// BitBake's options, and hitz under the names of BitBake's other programs.

#include <algorithm>

#include "engine/cli/bitbake.h"
#include "engine/cli/dispatch.h"

namespace hitz::cli {

Usage bitbake_usage() {
  Usage out = {
      "bitbake",
      "[RECIPE/TARGET...]",
      "builds recipes, or tells about them, with BitBake's options",
      "  This is hitz under BitBake's name. conf/bblayers.conf is looked for here and above.\n"
      "  Targets: busybox, busybox:do_compile, virtual/kernel, mc:NAME:busybox, world, universe.",
      {{"show-versions", 's', "", "the current and preferred versions of all recipes"},
       {"environment", 'e', "", "the configuration's variables, or a recipe's, with their history"},
       {"graphviz", 'g', "", "write the targets' graph to pn-buildlist and task-depends.dot"},
       {"ui", 'u', "UI", "knotty; no other"},
       {"version", 0, "", "print BitBake's version that this command line is of"},
       {"help", 'h', "", "this text"},
       {"force", 'f', "", "run the targets' tasks whatever their stamps say"},
       {"cmd", 'c', "TASK", "this task instead of the default one"},
       {"clear-stamp", 'C', "TASK", "run these tasks of the targets anew, then the default one"},
       {"runall", 0, "TASK", "this task of every recipe that the targets need"},
       {"runonly", 0, "TASK", "of what the targets need only this task, and what it needs"},
       {"no-setscene", 0, "", "restore nothing: build everything"},
       {"skip-setscene", 0, "", "restore nothing more: what has been restored stays"},
       {"setscene-only", 0, "", "restore what can be restored, and run nothing"},
       {"dry-run", 'n', "", "tell what would run"},
       {"parse-only", 'p', "", "read the recipes and stop"},
       {"continue", 'k', "", "after a failure go on with what does not depend on it"},
       {"profile", 'P', "WHAT", "refused"},
       {"dump-signatures", 'S', "HOW", "write what the tasks' hashes are made of, and run nothing"},
       {"revisions-changed", 0, "", "refused"},
       {"buildfile", 'b', "FILE", "the tasks of this recipe file, without other recipes"},
       {"debug", 'D', "", "debug lines; twice for more"},
       {"log-domains", 'l', "DOMAIN", "refused"},
       {"verbose", 'v', "", "more lines"},
       {"quiet", 'q', "", "fewer lines; up to three times"},
       {"write-log", 'w', "FILE", "refused"},
       {"bind", 'B', "ADDRESS", "refused"},
       {"idle-timeout", 'T', "SECONDS", "how long an idle server stays: there is none"},
       {"remote-server", 0, "ADDRESS", "refused"},
       {"kill-server", 'm', "", "end a running server: there is none"},
       {"token", 0, "TOKEN", "refused"},
       {"observe-only", 0, "", "refused"},
       {"status-only", 0, "", "whether a server runs: the exit status is 1"},
       {"server-only", 0, "", "refused"},
       {"read", 'r', "FILE", "parse this file before bitbake.conf"},
       {"postread", 'R', "FILE", "parse this file after bitbake.conf"},
       {"ignore-deps", 'I', "NAME", "as if ASSUME_PROVIDED named it"}}};
  out.program = "";
  return out;
}

namespace {

// Commands that layers may bring in lib/bblayers even where hitz has one of that name.
bool may_be_a_layers(const std::string& command) {
  return command == "create-layer" || command == "show-machines";
}

// bitbake-layers and bitbake-config-build where layers bring the command.
int layer_tool(const std::string& name, const std::vector<std::string>& words) {
  std::string own;
  if (name == "bitbake-layers") {
    for (const auto& part : layers_command().parts)
      own += part.usage.command.substr(part.usage.command.rfind(' ') + 1) + "\t" +
             part.usage.summary + "\n";
  }
  std::vector<std::string> out = {"python", "-m", "hitz.layer_tool", name, own};
  out.insert(out.end(), words.begin(), words.end());
  return dispatch(out);
}

bool is_own_command(const std::vector<std::string>& words) {
  auto name = std::find_if(words.begin(), words.end(),
                           [](const std::string& word) { return !word.starts_with('-'); });
  if (name == words.end() || may_be_a_layers(*name)) return false;
  const auto parts = layers_command().parts;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Command& part) { return part.usage.command == "layers " + *name; });
}

}  // namespace

int dispatch_as(const std::string& program, std::vector<std::string> words) {
  std::string name = program.substr(program.rfind('/') + 1);
  if (name == "bitbake") return bitbake(words);
  constexpr std::string_view kPrefix = "bitbake-";
  if (!name.starts_with(kPrefix)) return dispatch(words);
  if (name == "bitbake-config-build" || (name == "bitbake-layers" && !is_own_command(words)))
    return layer_tool(name, words);
  words.insert(words.begin(), name.substr(kPrefix.size()));
  return dispatch(words);
}

}  // namespace hitz::cli
