// SPDX-License-Identifier: Apache-2.0
// The order is BitBake's (facts L169-L175): environment, files named before, bblayers.conf, each
// layer.conf, bitbake.conf, files named after, base and INHERIT, handlers; and all of it again as
// long as a handler of ConfigParsed finds the configuration out of date, and once for each of
// BBMULTICONFIG.
#include "engine/layer/configuration.h"

#include <algorithm>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/eval/statements.h"
#include "engine/layer/collection.h"
#include "engine/layer/environment.h"

namespace hitz::layer {

namespace {

using data::Expand;
using data::Writer;

constexpr int kMostReparses = 20;
// What bb.__version__ and so BB_VERSION say, by release; a core layer asks for one at least as new.
constexpr const char* kVersion = "2.18.0";
constexpr const char* kOldVersion = "2.8.1";

/// Python's re.escape().
std::string regex_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("()[]{}?*+-|^$\\.&~# \t\n\r\v\f").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

/// A handler found the files it read out of date, and has changed them. Only Python's True counts.
bool is_out_of_date(data::Store& d) {
  const data::Value value = d.own_content("BB_INVALIDCONF", data::Weak::Include);
  const bool* yes = std::get_if<bool>(&value);
  return yes != nullptr && *yes;
}

/// One pass over all files of the configuration.
class Pass {
 public:
  // NOLINTNEXTLINE(readability-function-size): each is a room of its own.
  Pass(const Request& request, std::string multiconfig, const data::Family& family,
       parser::Reader& reader, eval::Evaluator& evaluator, event::EventSink& events)
      : request_(request),
        multiconfig_(std::move(multiconfig)),
        reader_(reader),
        evaluator_(evaluator),
        events_(events),
        d_(data::Store::create(family)) {
    if (request.track) d_->track(data::Store::Tracking::On);
    evaluator_.take_inclusions();  // an earlier pass's
  }

  Result<void> run() {
    TRY_VOID(inherit_environment(request_.environment, *d_, request_.origin_reads));
    TRY_VOID(set("__bbclasstype", "global"));
    TRY_VOID(set("BB_CURRENT_MC", multiconfig_));
    TRY_VOID(set("TOPDIR", request_.topdir));
    for (const auto& path : request_.before) TRY_VOID(parse(path));
    TRY_VOID(read_layers());
    TRY_VOID(set_defaults());
    TRY_VOID(read_bitbake_conf());
    for (const auto& path : request_.after) TRY_VOID(parse(path));
    for (const auto& [name, value] : request_.settings) TRY_VOID(set(name, value));
    TRY_VOID(evaluator_.inherit("base", *d_));
    TRY_VOID(inherit_global());
    TRY_VOID(evaluator_.finish_configuration(*d_));
    return set("BBINCLUDED", join(d_->list("__depends"), " "));
  }

  data::Store& store() { return *d_; }

  Result<Configuration> finish() {
    TRY_VOID(describe_layers(layers_, *d_));
    d_->set_list("__base_depends", d_->list("__depends"));
    d_->erase("__depends");
    TRY_VOID(set("__bbclasstype", "recipe"));
    d_->settle();
    return Configuration{d_, std::move(layers_),          request_.topdir, multiconfig_,
                         {}, evaluator_.take_inclusions()};
  }

 private:
  Result<void> set(std::string_view name, std::string value) {
    return d_->set(name, std::move(value), Writer::Code);
  }

  Result<void> parse(const std::string& path) {
    return evaluator_.configuration(path, *d_, eval::BaseConfig::Yes);
  }

  Result<void> inherit_global() {
    auto inherited = evaluator_.inherit(TRY(d_->text("INHERIT")), *d_);
    if (!inherited)
      inherited.error().while_doing("while inheriting what INHERIT names: " +
                                    join(words(TRY(d_->text("INHERIT"))), " "));
    return inherited;
  }

  // ---- layers
  Result<void> read_layers() {
    std::string path = join_path(request_.topdir, "conf/bblayers.conf");
    if (!exists(path)) {
      if (!TRY(d_->text("BBPATH")).empty()) return {};
      return input_error("there is no conf/bblayers.conf in " + request_.topdir +
                         ", and BBPATH is not set; run hitz in a build directory");
    }
    TRY_VOID(parse(path));
    TRY_VOID(set_defaults());
    auto folders = words(TRY(d_->text("BBLAYERS")));
    if (folders.empty()) {
      return input_error("BBLAYERS is empty in " + path + "; it lists the folders of layers");
    }
    for (auto& folder : folders) folder = TRY(layer_folder(std::move(folder)));
    TRY_VOID(check_folders(folders, path));
    for (const auto& folder : folders) TRY_VOID(read_layer(folder));
    d_->erase("LAYERDIR_RE");
    d_->erase("LAYERDIR");
    for (const auto& [name, series] : compatible_) {
      TRY_VOID(set("LAYERSERIES_COMPAT_" + name, join({series.begin(), series.end()}, " ")));
    }
    auto collections = words(TRY(d_->text("BBFILE_COLLECTIONS")));
    TRY_VOID(add_dynamic_files(collections));
    TRY_VOID(check_series(collections, compatible_, core_series_, events_));
    std::sort(core_series_.begin(), core_series_.end());
    return set("LAYERSERIES_CORENAMES", join(core_series_, " "));
  }

  Result<std::string> layer_folder(std::string folder) {
    if (folder.starts_with('~')) folder = TRY(d_->text("HOME")) + folder.substr(1);
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    return folder;
  }

  static Result<void> check_folders(const std::vector<std::string>& folders,
                                    const std::string& path) {
    std::vector<std::string> missing;
    for (const auto& folder : folders) {
      if (!is_folder(folder)) {
        missing.push_back(folder + " is not a folder" +
                          suggestion(folder, list_folder(parent_of(folder))));
      } else if (!exists(folder + "/conf/layer.conf")) {
        auto below = glob_paths(folder + "/*/conf/layer.conf");
        for (auto& path : below) path = parent_of(parent_of(path));
        missing.push_back(folder + " is no layer: it has no conf/layer.conf" +
                          (below.empty() ? "" : "; layers within it: " + join(below, " ")));
      }
    }
    if (missing.empty()) return {};
    return fail(Error{Blame::Input, "BBLAYERS in " + path + " names what is not there",
                      std::move(missing), Kind::Plain});
  }

  Result<void> read_layer(const std::string& folder) {
    TRY_VOID(set("LAYERDIR", folder));
    TRY_VOID(set("LAYERDIR_RE", regex_of(folder)));
    TRY_VOID(parse(join_path(folder, "conf/layer.conf")));
    TRY_VOID(fix_references("LAYERDIR", folder));
    TRY_VOID(fix_references("LAYERDIR_RE", regex_of(folder)));
    for (const auto& name : words(TRY(d_->text("BBFILE_COLLECTIONS")))) {
      TRY_VOID(meet_collection(name, folder));
    }
    if (!core_series_.empty()) return {};
    core_series_ = words(TRY(d_->text("LAYERSERIES_CORENAMES")));
    if (core_series_.empty()) return {};
    d_->erase("LAYERSERIES_CORENAMES");
    bool old =
        std::find(core_series_.begin(), core_series_.end(), "scarthgap") != core_series_.end();
    auto release = old ? data::Family::Release::Scarthgap : data::Family::Release::Wrynose;
    reader_.set_release(old ? parser::Release::Scarthgap : parser::Release::Wrynose);
    if (data::PythonHost* python = d_->family().python; python != nullptr)
      python->set_version(version_of(release));
    d_->use_release(release);
    return old && multiconfig_.empty() ? set("BB_CURRENT_MC", "default") : Result<void>();
  }

  /// LAYERSERIES_COMPAT is taken away at once, so that no layer can claim what another one claims.
  Result<void> meet_collection(const std::string& name, const std::string& folder) {
    auto known = std::find_if(layers_.begin(), layers_.end(),
                              [&](const Layer& layer) { return layer.name == name; });
    if (known == layers_.end()) layers_.push_back(Layer{name, folder, "", 0, {}});
    auto series = words(TRY(d_->text("LAYERSERIES_COMPAT_" + name)));
    if (series.empty()) return {};
    compatible_[name] = {series.begin(), series.end()};
    d_->erase("LAYERSERIES_COMPAT_" + name);
    return {};
  }

  /// Whatever speaks of the layer's folder must keep speaking of this one when the next layer is
  /// read.
  Result<void> fix_references(const std::string& name, const std::string& folder) {
    const std::string reference = "${" + name + "}";
    for (const auto& user : d_->names()) {
      if (user == name || user.starts_with("__")) continue;
      auto value = TRY(d_->get(user, Expand::No));
      const std::string* text = data::text_of(value);
      if (text == nullptr || text->find(reference) == std::string::npos) continue;
      TRY_VOID(set(user, replace_all(*text, reference, folder)));
    }
    return {};
  }

  /// BBFILES_DYNAMIC: "layer:glob" counts when the layer is there, "!layer:glob" when it is not.
  Result<void> add_dynamic_files(const std::vector<std::string>& collections) {
    std::vector<std::string> invalid;
    for (const auto& entry : words(TRY(d_->text("BBFILES_DYNAMIC")))) {
      bool absent = entry.starts_with('!');
      std::size_t colon = entry.find(':');
      if (colon == std::string::npos) {
        invalid.push_back(entry);
        continue;
      }
      std::string name = entry.substr(absent ? 1 : 0, colon - (absent ? 1 : 0));
      bool there = std::find(collections.begin(), collections.end(), name) != collections.end();
      if (there != absent) TRY_VOID(d_->append("BBFILES", " " + entry.substr(colon + 1)));
    }
    if (invalid.empty()) return {};
    return input_error("BBFILES_DYNAMIC: " + join(invalid, ", ") +
                       " is not layer:glob or !layer:glob");
  }

  // ---- the rest
  Result<void> set_defaults() {
    if (!TRY(d_->text("BB_CACHEDIR")).empty()) return {};
    return set("BB_CACHEDIR", "${TOPDIR}/cache");
  }

  Result<void> read_bitbake_conf() {
    std::string path = TRY(d_->text("BBPATH"));
    if (path.empty()) {
      return input_error("BBPATH is not set after " + request_.topdir +
                         "/conf/bblayers.conf and the layer.conf files; a core layer sets it");
    }
    std::string found = eval::find_on_path("conf/bitbake.conf", path, *d_).path;
    if (!found.empty()) return parse(found);
    return input_error("there is no conf/bitbake.conf on BBPATH (" + path +
                       "); is the core layer in BBLAYERS?");
  }

  const Request& request_;
  std::string multiconfig_;
  parser::Reader& reader_;
  eval::Evaluator& evaluator_;
  event::EventSink& events_;
  std::shared_ptr<data::Store> d_;
  std::vector<Layer> layers_;
  SeriesOfLayers compatible_;
  std::vector<std::string> core_series_;
};

/// Evaluates the configurations of a build directory.
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

  Result<Configuration> all() {
    Pass main = TRY(settled());
    std::vector<Pass> others;
    std::vector<std::pair<std::string, std::shared_ptr<data::Store>>> stores{
        {"", main.store().shared_from_this()}};
    for (const auto& name : words(TRY(main.store().text("BBMULTICONFIG")))) {
      if (std::isdigit(static_cast<unsigned char>(name[0])) != 0)
        return input_error("BBMULTICONFIG: '" + name +
                           "' begins with a digit, which a multiconfig's name must not");
      auto pass = passed(name);
      if (!pass) return fail(std::move(pass.error().while_doing("in the multiconfig " + name)));
      others.push_back(std::move(*pass));
      stores.emplace_back(name, others.back().store().shared_from_this());
    }
    if (!others.empty()) TRY_VOID(python_.fire_multiconfig_parsed(stores, main.store()));
    // The signature generator is made once, with what the main configuration says.
    const std::string ignored = TRY(main.store().text("BB_BASEHASH_IGNORE_VARS"));
    for (const auto& [name, store] : stores)
      TRY_VOID(store->set("__basehash_ignore_vars", ignored, Writer::Code));
    Configuration out = TRY(main.finish());
    for (auto& pass : others) out.multiconfigs.push_back(TRY(pass.finish()));
    return out;
  }

 private:
  /// One pass, told of by ConfigParsed.
  Result<Pass> passed(const std::string& multiconfig) {
    Pass pass(request_, multiconfig, family_, reader_, evaluator_, events_);
    TRY_VOID(pass.run());
    TRY_VOID(python_.fire("bb.event.ConfigParsed", {}, pass.store()));
    return pass;
  }

  /// The main configuration, when it is not out of date any more.
  Result<Pass> settled() {
    auto no_handlers = python_.handlers();
    for (int round = 0; round <= kMostReparses; ++round) {
      python_.restore_handlers(no_handlers);
      Pass pass = TRY(passed(""));
      if (!is_out_of_date(pass.store())) return pass;
    }
    return input_error(
        "the configuration is still out of date after 20 rounds: a handler of ConfigParsed sets "
        "BB_INVALIDCONF each time");
  }

  const Request& request_;
  const data::Family& family_;
  parser::Reader& reader_;
  eval::Evaluator& evaluator_;
  data::PythonHost& python_;
  event::EventSink& events_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): each is a room of its own.
Result<Configuration> load(const Request& request, const data::Family& family,
                           parser::Reader& reader, eval::Evaluator& evaluator,
                           data::PythonHost& python, event::EventSink& events) {
  return Loading(request, family, reader, evaluator, python, events).all();
}

const char* version_of(data::Family::Release release) {
  return release == data::Family::Release::Scarthgap ? kOldVersion : kVersion;
}

std::string find_build_directory(const std::string& from) {
  for (std::string folder = from;; folder = parent_of(folder)) {
    if (exists(join_path(folder, "conf/bblayers.conf"))) return folder;
    if (folder == "/" || folder.empty()) return "";
  }
}

}  // namespace hitz::layer
