// SPDX-License-Identifier: Apache-2.0
#include "engine/layer/configuration.h"

#include <algorithm>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::layer {

namespace {

using data::Expand;
using data::Writer;

// What of the environment a configuration may see; the first eight are exported to tasks.
constexpr std::string_view kExported[] = {"HOME",  "LOGNAME", "PATH",   "PWD",
                                          "SHELL", "USER",    "LC_ALL", "BBSERVER"};
constexpr std::string_view kPassed[] = {"BBPATH", "BB_PRESERVE_ENV",
                                        "BB_ENV_PASSTHROUGH_ADDITIONS"};

constexpr int kMostReparses = 20;

class Loading {
 public:
  Loading(const Request& request, const data::Family& family, parser::Reader& reader,
          eval::Evaluator& evaluator, data::PythonHost& python, event::EventSink& events)
      : request_(request),
        family_(family),
        reader_(reader),
        evaluator_(evaluator),
        python_(python),
        events_(events) {}

  Result<Configuration> run() {
    auto clean_handlers = python_.handlers();
    for (int round = 0; round < kMostReparses; ++round) {
      python_.restore_handlers(clean_handlers);
      TRY_VOID(once());
      TRY_VOID(python_.fire("bb.event.ConfigParsed", {}, *d_));
      data::Value invalid = d_->own_content("BB_INVALIDCONF", data::Weak::Include);
      if (!data::is_set(invalid)) return finish();
      d_->erase("BB_INVALIDCONF");
    }
    return input_error(
        "the configuration is still invalid after being parsed 20 times: a ConfigParsed handler "
        "keeps setting BB_INVALIDCONF");
  }

 private:
  Result<void> once() {
    d_ = data::Store::create(family_);
    if (request_.track) d_->track(data::Store::Tracking::On);
    layers_.clear();
    TRY_VOID(environment());
    TRY_VOID(set("TOPDIR", request_.topdir));
    TRY_VOID(set("__bbclasstype", "global"));
    for (const auto& path : request_.before) TRY_VOID(evaluator_.configuration(path, *d_));
    TRY_VOID(layers());
    TRY_VOID(bitbake_conf());
    for (const auto& path : request_.after) TRY_VOID(evaluator_.configuration(path, *d_));
    for (const auto& [name, value] : request_.settings) TRY_VOID(set(name, value));
    TRY_VOID(evaluator_.inherit("base", *d_));
    TRY_VOID(evaluator_.inherit(TRY(d_->text("INHERIT")), *d_));
    return evaluator_.finish_configuration(*d_);
  }

  Result<void> set(std::string_view name, std::string value) {
    return d_->set(name, std::move(value), Writer::Parser);
  }

  Result<void> environment() {
    const auto& env = request_.environment;
    auto value_of = [&](std::string_view name) {
      auto found = env.find(std::string(name));
      return found != env.end() ? found->second : std::string();
    };
    std::set<std::string> names(std::begin(kExported), std::end(kExported));
    names.insert(std::begin(kPassed), std::end(kPassed));
    for (const auto& name : words(value_of("BB_ENV_PASSTHROUGH_ADDITIONS"))) names.insert(name);
    if (auto whole = value_of("BB_ENV_PASSTHROUGH"); !whole.empty()) {
      auto list = words(whole);
      names = std::set<std::string>(list.begin(), list.end());
    }
    bool everything = !value_of("BB_PRESERVE_ENV").empty();
    for (const auto& [name, value] : env) {
      if (everything || names.contains(name)) TRY_VOID(set(name, value));
    }
    TRY_VOID(set("LC_ALL", "en_US.UTF-8"));
    for (std::string_view name : kExported) {
      if (data::is_set(d_->own_content(name, data::Weak::Include)))
        TRY_VOID(d_->set_flag(name, "export", std::int64_t{1}));
    }
    return {};
  }

  Result<void> layers() {
    std::string path = join_path(request_.topdir, "conf/bblayers.conf");
    if (!exists(path)) {
      if (TRY(d_->text("BBPATH")).empty()) {
        return input_error("there is no conf/bblayers.conf in " + request_.topdir +
                           " or above it, and BBPATH is not set; run hitz in a build directory");
      }
      return {};
    }
    TRY_VOID(evaluator_.configuration(path, *d_, eval::BaseConfig::Yes));
    auto folders = words(TRY(d_->text("BBLAYERS")));
    if (folders.empty()) return input_error("BBLAYERS is empty in " + path);
    for (auto folder : folders) TRY_VOID(one_layer(std::move(folder)));
    d_->erase("LAYERDIR");
    d_->erase("LAYERDIR_RE");
    return check_layers();
  }

  Result<void> one_layer(std::string folder) {
    if (folder.starts_with("~/") && request_.environment.contains("HOME"))
      folder = request_.environment.at("HOME") + folder.substr(1);
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    std::string conf = join_path(folder, "conf/layer.conf");
    if (!is_folder(folder))
      return input_error("the layer " + folder +
                         " of BBLAYERS is not a folder (conf/bblayers.conf)");
    if (!exists(conf))
      return input_error("the layer " + folder + " of BBLAYERS has no conf/layer.conf");
    TRY_VOID(set("LAYERDIR", folder));
    std::string escaped;
    for (char c : folder) {
      if (std::string_view(".+*?()[]{}|^$\\").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
    TRY_VOID(set("LAYERDIR_RE", escaped));
    TRY_VOID(evaluator_.configuration(conf, *d_, eval::BaseConfig::Yes));
    // Whatever speaks of the layer's folder must keep speaking of this one.
    for (const auto& name : d_->names()) {
      data::Value value = d_->own_content(name, data::Weak::Ignore);
      const std::string* text = data::text_of(value);
      if (text == nullptr || text->find("${LAYERDIR") == std::string::npos || name == "LAYERDIR")
        continue;
      std::string replaced =
          replace_all(replace_all(*text, "${LAYERDIR}", folder), "${LAYERDIR_RE}", escaped);
      TRY_VOID(d_->set(name, std::move(replaced), Writer::Parser));
    }
    return series(folder);
  }

  // LAYERSERIES_CORENAMES of the first layer that says it; each layer's LAYERSERIES_COMPAT must
  // share a name with it.
  Result<void> series(const std::string& folder) {
    for (const auto& name : words(TRY(d_->text("BBFILE_COLLECTIONS")))) {
      if (std::any_of(layers_.begin(), layers_.end(),
                      [&](const Layer& layer) { return layer.name == name; }))
        continue;
      layers_.push_back(Layer{name, folder, "", 0, {}});
    }
    return {};
  }

  Result<void> check_layers() {
    auto names = words(TRY(d_->text("BBFILE_COLLECTIONS")));
    std::set<std::string> unique(names.begin(), names.end());
    if (unique.size() != names.size())
      return input_error("two layers have the same BBFILE_COLLECTIONS name: " + join(names, " "));
    auto core = words(TRY(d_->text("LAYERSERIES_CORENAMES")));
    bool old = std::find(core.begin(), core.end(), "scarthgap") != core.end();
    reader_.set_release(old ? parser::Release::Scarthgap : parser::Release::Wrynose);
    for (const auto& layer : layers_) {
      auto compat = words(TRY(d_->text("LAYERSERIES_COMPAT_" + layer.name)));
      if (compat.empty()) {
        event::log(events_, event::Level::Warning,
                   "Layer " + layer.name + " should set LAYERSERIES_COMPAT_" + layer.name +
                       " in its conf/layer.conf");
      } else if (std::none_of(compat.begin(), compat.end(), [&](const std::string& one) {
                   return std::find(core.begin(), core.end(), one) != core.end();
                 })) {
        return input_error(
            "Layer " + layer.name +
            " is not compatible with the core layer, which only supports these series: " +
            join(core, " ") + " (layer is compatible with " + join(compat, " ") + ")");
      }
      d_->erase("LAYERSERIES_COMPAT_" + layer.name);
    }
    return dynamic_files(names);
  }

  // BBFILES_DYNAMIC: "layer:glob" counts when the layer is there, "!layer:glob" when it is not.
  Result<void> dynamic_files(const std::vector<std::string>& present) {
    for (const auto& entry : words(TRY(d_->text("BBFILES_DYNAMIC")))) {
      bool negated = entry.starts_with('!');
      std::size_t colon = entry.find(':');
      if (colon == std::string::npos)
        return input_error(
            "BBFILES_DYNAMIC entries must be of the form {!}<collection name>:<filename pattern>, "
            "not: " +
            entry);
      std::string name = entry.substr(negated ? 1 : 0, colon - (negated ? 1 : 0));
      bool there = std::find(present.begin(), present.end(), name) != present.end();
      if (there != negated)
        TRY_VOID(d_->set("BBFILES", TRY(d_->text("BBFILES")) + " " + entry.substr(colon + 1),
                         Writer::Parser));
    }
    return {};
  }

  Result<void> bitbake_conf() {
    std::string bbpath = TRY(d_->text("BBPATH"));
    for (const auto& folder : split(bbpath, ':')) {
      std::string path = join_path(folder, "conf/bitbake.conf");
      if (!folder.empty() && exists(path))
        return evaluator_.configuration(path, *d_, eval::BaseConfig::Yes);
    }
    return input_error("no conf/bitbake.conf on BBPATH (" + bbpath +
                       "); is the core layer in BBLAYERS?");
  }

  Result<Configuration> finish() {
    int lowest = 1000;
    for (auto& layer : layers_) {
      layer.pattern = TRY(d_->text("BBFILE_PATTERN_" + layer.name));
      for (const auto& word : words(TRY(d_->text("LAYERDEPENDS_" + layer.name)))) {
        if (word[0] == '(' || word.back() == ')' ||
            !std::isalnum(static_cast<unsigned char>(word[0])))
          continue;
        layer.depends.push_back(word);
      }
      std::string priority = TRY(d_->text("BBFILE_PRIORITY_" + layer.name));
      if (priority.empty()) continue;
      layer.priority = std::atoi(priority.c_str());
      lowest = std::min(lowest, layer.priority);
    }
    for (auto& layer : layers_) {
      for (const auto& needed : layer.depends) {
        auto found = std::find_if(layers_.begin(), layers_.end(),
                                  [&](const Layer& other) { return other.name == needed; });
        if (found == layers_.end())
          return input_error("Layer '" + layer.name + "' depends on layer '" + needed +
                             "', but this layer is not enabled in your configuration");
      }
      if (!TRY(d_->text("BBFILE_PRIORITY_" + layer.name)).empty()) continue;
      layer.priority = lowest == 1000 ? 0 : lowest;
      for (const auto& other : layers_) {
        if (std::find(layer.depends.begin(), layer.depends.end(), other.name) !=
            layer.depends.end())
          layer.priority = std::max(layer.priority, other.priority + 1);
      }
    }
    d_->set_list("__base_depends", d_->list("__depends"));
    d_->set_list("__depends", {});
    TRY_VOID(set("__bbclasstype", "recipe"));
    return Configuration{d_, std::move(layers_), request_.topdir};
  }

  const Request& request_;
  const data::Family& family_;
  parser::Reader& reader_;
  eval::Evaluator& evaluator_;
  data::PythonHost& python_;
  event::EventSink& events_;
  std::shared_ptr<data::Store> d_;
  std::vector<Layer> layers_;
};

}  // namespace

Result<Configuration> load(const Request& request, const data::Family& family,
                           parser::Reader& reader, eval::Evaluator& evaluator,
                           data::PythonHost& python, event::EventSink& events) {
  return Loading(request, family, reader, evaluator, python, events).run();
}

std::string find_build_directory(const std::string& from) {
  for (std::string folder = from;; folder = parent_of(folder)) {
    if (exists(join_path(folder, "conf/bblayers.conf"))) return folder;
    if (folder == "/" || folder.empty()) return "";
  }
}

}  // namespace hitz::layer
