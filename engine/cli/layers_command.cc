// SPDX-License-Identifier: Apache-2.0
// hitz layers: the parts and their options, those of bitbake-layers.

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/cli/layers.h"

namespace hitz::cli {

namespace {

const Option kMulticonfig = {"mc", 0, "NAME", "the recipes of this multiconfig"};
const Option kForce = {"force", 'F', "", "without checking that the configuration still parses"};

Result<int> show(const std::string& text) {
  print(text);
  return 0;
}

/// With the recipes of all multiconfigs; the one that is asked for is there.
Result<std::unique_ptr<House>> with_realm(const Given& given, Screen& screen) {
  auto house = TRY(configured(screen, {}, Create::No, House::Recipes::Yes));
  TRY(house->realm(given.last("mc")));
  TRY_VOID(house->read_recipes());
  return house;
}

std::vector<std::string> listed(const std::string& text) {
  return text.empty() ? std::vector<std::string>() : split(text, ',');
}

// ---- looking

Command show_layers() {
  Command out;
  out.usage = {"layers show-layers",
               "",
               "lists the configured layers, where they are and their priority",
               "",
               {}};
  out.run = [](const Given&, Screen& screen) -> Result<int> {
    auto house = TRY(configured(screen));
    auto row = [](std::string name, std::string path, const std::string& priority) {
      name.resize(std::max<std::size_t>(name.size(), 20), ' ');
      path.resize(std::max<std::size_t>(path.size(), 70), ' ');
      return name + "  " + path + "  " + priority + "\n";
    };
    std::string text = row("layer", "path", "priority") + std::string(104, '=') + "\n";
    for (const auto& layer : house->configuration.layers)
      text += row(layer.name, layer.folder, std::to_string(layer.priority));
    return show(text);
  };
  return out;
}

Command show_recipes() {
  Command out;
  out.usage = {
      "layers show-recipes",
      "[PATTERN...]",
      "lists recipes with their versions and the layers that have them, the preferred version "
      "first",
      "  PATTERN is a recipe's name with shell wildcards; put it in quotes.\n"
      "  What is skipped is listed too, with the reason.",
      {{"filenames", 'f', "", "files instead; those that are overlayed are indented"},
       {"recipes-only", 'r', "", "names alone"},
       {"multiple", 'm', "", "only names that several recipes have"},
       {"inherits", 'i', "CLASS", "only recipes that inherit CLASS; CLASS,CLASS for all of them"},
       {"layer", 'l', "LAYER", "only what this layer has"},
       {"bare", 'b', "", "without why recipes are skipped"},
       {"show-variants", 0, "", "variants of BBCLASSEXTEND too (devupstream, nativesdk)"},
       kMulticonfig}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(with_realm(given, screen));
    auto layers = TRY(LayerFiles::of(house->configuration));
    RecipeListing wanted;
    wanted.patterns = given.arguments;
    wanted.filenames = given.has("filenames");
    wanted.names_only = given.has("recipes-only");
    wanted.only_multiple = given.has("multiple");
    wanted.layer = given.last("layer");
    wanted.bare = given.has("bare");
    wanted.inherits = listed(given.last("inherits"));
    wanted.variants = given.has("show-variants");
    bool some = !wanted.inherits.empty() || !wanted.patterns.empty() || wanted.only_multiple;
    wanted.title = some ? "Matching recipes:" : "Available recipes:";
    return show(TRY(list_recipes(TRY(house->realm(given.last("mc"))), layers, wanted)));
  };
  return out;
}

Command show_overlayed() {
  Command out;
  out.usage = {"layers show-overlayed",
               "",
               "lists recipes and classes that several layers have, the one that counts first",
               "",
               {{"filenames", 'f', "", "files instead; those that are overlayed are indented"},
                {"same-version", 's', "", "only where the versions are the same"},
                kMulticonfig}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(with_realm(given, screen));
    auto layers = TRY(LayerFiles::of(house->configuration));
    RecipeListing wanted;
    wanted.title = "Overlayed recipes";
    wanted.only_overlayed = true;
    wanted.only_multiple = true;
    wanted.filenames = given.has("filenames");
    wanted.only_same_version = given.has("same-version");
    std::string text = TRY(list_recipes(TRY(house->realm(given.last("mc"))), layers, wanted)) +
                       TRY(list_overlayed_classes(*house, layers, wanted.filenames));
    return show(text.empty() ? "No overlayed files found.\n" : text);
  };
  return out;
}

Command show_appends() {
  Command out;
  out.usage = {"layers show-appends",
               "[PATTERN...]",
               "lists recipe files with the .bbappend files that apply to them",
               "",
               {kMulticonfig}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(with_realm(given, screen));
    return show(TRY(list_appends(TRY(house->realm(given.last("mc"))), given.arguments)));
  };
  return out;
}

Command show_cross_depends() {
  Command out;
  out.usage = {
      "layers show-cross-depends",
      "",
      "lists what files of one layer need of another one",
      "  By DEPENDS, RDEPENDS, RRECOMMENDS, inherit, require and include; .bbappend files count "
      "for their recipes.",
      {{"filenames", 'f', "", "whole paths"},
       {"ignore", 'i', "LAYER", "not what is needed of this layer; LAYER,LAYER for several"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(with_realm(given, screen));
    auto layers = TRY(LayerFiles::of(house->configuration));
    return show(TRY(list_cross_depends(TRY(house->realm("")), layers, given.has("filenames"),
                                       listed(given.last("ignore")))));
  };
  return out;
}

Command show_machines() {
  Command out;
  out.usage = {
      "layers show-machines",
      "",
      "lists the machines that the configured layers have",
      "",
      {{"bare", 'b', "", "names alone"}, {"layer", 'l', "LAYER", "only those of this layer"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(configured(screen));
    auto layers = TRY(LayerFiles::of(house->configuration));
    std::string text;
    for (const auto& folder : layers.folders()) {
      std::string layer = base_name(folder);
      if (given.has("layer") && given.last("layer") != layer) continue;
      for (const auto& path : list_folder(join_path(folder, "conf/machine"))) {
        if (!path.ends_with(".conf")) continue;
        std::string name = base_name(path);
        name.resize(name.size() - 5);
        text += name + (given.has("bare") ? "" : " (" + layer + ")") + "\n";
      }
    }
    return show(text);
  };
  return out;
}

// ---- changing

Result<int> add_to_configuration(const std::vector<std::string>& folders, bool force,
                                 Screen& screen) {
  auto house = TRY(House::open(screen));
  for (const auto& known : TRY(add_layers(*house, folders, force)))
    event::log(screen, event::Level::Warning,
               "Specified layer " + known + " is already in BBLAYERS");
  return 0;
}

Command add_layer() {
  Command out;
  out.usage = {"layers add-layer",
               "FOLDER...",
               "adds layers to conf/bblayers.conf",
               "  The configuration is parsed with them; when that fails, nothing is added.",
               {kForce}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty())
      return input_error("hitz layers add-layer needs the folder of a layer");
    std::vector<std::string> folders;
    for (const auto& path : given.arguments) folders.push_back(absolute_folder(path));
    return add_to_configuration(folders, given.has("force"), screen);
  };
  return out;
}

Command remove_layer() {
  Command out;
  out.usage = {"layers remove-layer",
               "FOLDER...",
               "removes layers from conf/bblayers.conf",
               "  FOLDER is a path, a layer's name, or a pattern that begins with *, in quotes.",
               {kForce}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty())
      return input_error("hitz layers remove-layer needs the folder or the name of a layer");
    std::vector<std::string> arguments = {TRY(bblayers_conf()), "remove"};
    for (const auto& item : given.arguments) {
      bool plain = item.find('/') == std::string::npos;
      arguments.push_back(item.starts_with('*') ? item
                          : plain               ? "*/" + item
                                                : absolute_folder(item));
    }
    auto house = TRY(House::open(screen));
    auto missing = words(TRY(house->python->call("hitz.layers", "edit", nullptr, arguments)));
    if (missing.empty()) return 0;
    for (auto& item : missing) item = "No layers matching " + item + " found in BBLAYERS";
    return input_error(join(missing, "\n"));
  };
  return out;
}

Command create_layer() {
  Command out;
  out.usage = {"layers create-layer",
               "FOLDER",
               "makes a new layer: conf/layer.conf, README, a licence, an example recipe",
               "",
               {{"add-layer", 'a', "", "add it to conf/bblayers.conf"},
                {"layerid", 'i', "NAME", "its name in BBFILE_COLLECTIONS (the folder's name)"},
                {"priority", 'p', "N", "the priority of its recipes (6)"},
                {"example-recipe-name", 'e', "NAME", "the example recipe's name (example)"},
                {"example-recipe-version", 'v', "VERSION", "the example recipe's version (0.1)"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.size() != 1)
      return input_error("hitz layers create-layer needs the folder to make");
    std::string folder = absolute_folder(given.arguments[0]), name = base_name(folder);
    if (exists(folder)) return input_error("Specified layer directory exists: " + folder);
    std::string start = absolute_folder(".");
    auto house = TRY(configured(screen));
    const auto& layers = house->configuration.layers;
    std::string series = TRY(house->configuration.store->text("LAYERSERIES_CORENAMES"));
    std::string templates = house->installation.recipes + "/conf/templates/layer/";
    std::string example = given.last("example-recipe-name", "example");
    const std::vector<std::pair<std::string, std::string>> files = {
        {"README", "README"},
        {"COPYING.MIT", "COPYING.MIT"},
        {"layer.conf", "conf/layer.conf"},
        {"example.bb", "recipes-" + example + "/" + example + "/" + example + "_" +
                           given.last("example-recipe-version", "0.1") + ".bb"}};
    for (const auto& [from, to] : files) {
      std::string text = TRY(read_file(templates + from + ".sample"));
      for (const auto& [mark, value] : {std::pair<const char*, std::string>{"##LAYER##", name},
                                        {"##FOLDER##", given.arguments[0]},
                                        {"##LAYERID##", given.last("layerid", name)},
                                        {"##PRIORITY##", given.last("priority", "6")},
                                        {"##CORE##", layers.empty() ? "core" : layers.front().name},
                                        {"##SERIES##", series}})
        text = replace_all(std::move(text), mark, value);
      std::string path = join_path(folder, to);
      TRY_VOID(make_folders(parent_of(path)));
      TRY_VOID(write_file(path, text));
    }
    if (::chdir(start.c_str()) != 0) return fail(system_error("enter", start));
    if (given.has("add-layer")) {
      TRY(add_to_configuration({folder}, false, screen));
      return show("Layer added " + folder + "\n");
    }
    return show("Add your new layer with 'hitz layers add-layer " + given.arguments[0] + "'\n");
  };
  return out;
}

Command flatten_layers() {
  Command out;
  out.usage = {
      "layers flatten",
      "[LAYER LAYER...] FOLDER",
      "copies layers into one folder: overlayed recipes left out, .bbappend files appended",
      "  All layers, or at least two of them by name. Look afterwards at files that were "
      "overwritten (a warning names\n"
      "  them), at what was in other layers' layer.conf (the first layer's counts), and at "
      "overrides in appends.",
      {}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty())
      return input_error("hitz layers flatten needs the folder to write to");
    if (given.arguments.size() == 2)
      return input_error("If you specify layers to flatten you must specify at least two");
    std::string output = absolute_folder(given.arguments.back());
    if (!list_folder(output).empty())
      return input_error("Directory " + output +
                         " exists and is non-empty, please clear it out first");
    auto house = TRY(configured(screen));
    TRY(recipe::collect_files(house->configuration));  // sets the order of BBFILES
    auto files = TRY(LayerFiles::of(house->configuration));
    return flatten(*house, files, {given.arguments.begin(), given.arguments.end() - 1}, output);
  };
  return out;
}

}  // namespace

Command layers_command() {
  Command out;
  out.usage = {"layers",
               "COMMAND",
               "shows and changes the layers of a build directory, as bitbake-layers does",
               "",
               {}};
  out.parts = {show_layers(),        show_recipes(),  show_overlayed(), show_appends(),
               show_cross_depends(), show_machines(), add_layer(),      remove_layer(),
               create_layer(),       flatten_layers()};
  return out;
}

}  // namespace hitz::cli
