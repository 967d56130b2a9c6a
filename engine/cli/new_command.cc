// SPDX-License-Identifier: Apache-2.0
// hitz new: layers to begin with.

#include <algorithm>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/cli/layers.h"

namespace hitz::cli {

namespace {

// "psx,psp" or "psx psp", several times if wanted.
std::vector<std::string> platforms_of(const Given& given) {
  std::vector<std::string> out;
  for (const auto& text : given.options.at("platforms")) {
    for (auto& name : words(replace_all(text, ",", " "))) {
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
    }
  }
  return out;
}

// The layers that a game needs, itself the last; its files are there then.
Result<std::vector<std::string>> make_files(House& house, const std::string& folder,
                                            const std::vector<std::string>& platforms) {
  std::string layers = join_path(parent_of(house.installation.recipes), "layers");
  if (!exists(layers + "/meta-retro-common/conf/layer.conf"))
    return environment_error("the consoles' layers are not there: no " + layers +
                             "/meta-retro-common");
  std::vector<std::string> arguments = {folder, layers};
  arguments.insert(arguments.end(), platforms.begin(), platforms.end());
  auto told = split(TRY(house.python->call("hitz.layers", "new_game", nullptr, arguments)), '\n');
  if (told.front() != "made") return input_error(told.front());
  return std::vector<std::string>(told.begin() + 1, told.end());
}

// Adds the layers that are not there yet to the build directory, which is made if need be.
Result<void> configure_with(House& house, const std::vector<std::string>& layers) {
  if (build_directory().empty())
    event::log(*house.events, event::Level::Note,
               "made the build directory " + TRY(create_build_directory(house.installation)) +
                   "; its settings are in conf/local.conf");
  TRY(add_layers(house, layers, false));
  return {};
}

// What conf/local.conf says of BBMULTICONFIG counts more than what layers do.
void warn_of_multiconfigs(const House& house, const std::vector<std::string>& platforms) {
  for (const auto& platform : platforms) {
    const auto& all = house.configuration.multiconfigs;
    if (std::none_of(all.begin(), all.end(),
                     [&](const layer::Configuration& one) { return one.multiconfig == platform; }))
      event::log(*house.events, event::Level::Warning,
                 "BBMULTICONFIG in " + house.configuration.topdir + "/conf/local.conf has no " +
                     platform + ": add it there");
  }
}

Result<int> new_game(const Given& given, Screen& screen) {
  if (given.arguments.size() != 1)
    return input_error("hitz new game needs one name or folder, for example 'hitz new game star'");
  if (!given.has("platforms"))
    return input_error("hitz new game needs --platforms, for example --platforms gba,nes");
  std::string folder = absolute_folder(given.arguments[0]);
  auto platforms = platforms_of(given);
  auto house = TRY(House::open(screen));
  auto layers = TRY(make_files(*house, folder, platforms));
  if (auto done = configure_with(*house, layers); !done) {
    TRY_VOID(remove_tree(folder));
    return fail(std::move(done.error().while_doing("so " + folder + " has not been made")));
  }
  warn_of_multiconfigs(*house, platforms);
  std::string command = "hitz build";
  for (const auto& platform : platforms) command += " mc:" + platform + ":" + base_name(folder);
  print(folder + " is made; build it with: " + command + "\n");
  return 0;
}

Command game() {
  return {{"new game",
           "NAME|FOLDER --platforms PLATFORM,...",
           "makes a layer with a game for consoles, which builds at once",
           "  PLATFORM is psx, psp, dreamcast, gba, gb or nes. The folder's name is the game's; it "
           "must not be there yet.\n"
           "  The layer and the consoles' own are added to the build directory's "
           "conf/bblayers.conf; without one here,\n"
           "  ./hitz-build is made. When anything is wrong nothing is made.\n\n"
           "  hitz new game star --platforms gba,nes\n"
           "  hitz build mc:gba:star mc:nes:star",
           {{"platforms", 'p', "PLATFORM,...", "the consoles to make it for"}}},
          new_game,
          {}};
}

}  // namespace

Command new_command() {
  Command out;
  out.usage = {"new", "COMMAND", "makes a layer to begin with: a game for consoles", "", {}};
  out.parts = {game()};
  return out;
}

}  // namespace hitz::cli
