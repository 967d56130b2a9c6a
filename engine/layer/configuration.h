// SPDX-License-Identifier: Apache-2.0
#pragma once
// The configuration that a build directory and its layers add up to.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/eval/evaluator.h"

namespace hitz::layer {

/// One collection of recipe files.
struct Layer {
  std::string name;  // BBFILE_COLLECTIONS
  std::string folder;
  std::string pattern;  // BBFILE_PATTERN: a regular expression on paths
  int priority = 0;
  std::vector<std::string> depends;
};

struct Configuration {
  std::shared_ptr<data::Store> store;
  std::vector<Layer> layers;                  // in the order of BBLAYERS
  std::string topdir;                         // the build directory
  std::string multiconfig;                    // its name in BBMULTICONFIG; "" of the main one
  std::vector<Configuration> multiconfigs{};  // of the main one, in the order of BBMULTICONFIG
  std::vector<eval::Inclusion> inclusions{};  // the files it was read from; with Request::track
};

struct Request {
  std::string topdir;                              // holds conf/bblayers.conf
  std::map<std::string, std::string> environment;  // what the process was started with
  std::vector<std::string> before, after;          // -r and -R files
  std::shared_ptr<data::Reads> origin_reads{};     // what is looked at of BB_ORIGENV, if not null
  bool track = false;                              // keep who set what where, for hitz env
  std::vector<std::pair<std::string, std::string>> settings;  // set as if at the end of local.conf
};

/// Parses bblayers.conf, every layer.conf, bitbake.conf and the INHERITs; registers handlers; fires
/// ConfigParsed; then the same for each of BBMULTICONFIG. Errors: Input, with the place and a
/// suggestion. The reader's release follows the layers' LAYERSERIES_CORENAMES.
Result<Configuration> load(const Request& request, const data::Family& family,
                           parser::Reader& reader, eval::Evaluator& evaluator,
                           data::PythonHost& python, event::EventSink& events);

/// The version of BitBake whose rules a release's layers are written for.
const char* version_of(data::Family::Release release);

/// The nearest folder from here upwards with conf/bblayers.conf; "" when there is none.
std::string find_build_directory(const std::string& from);

}  // namespace hitz::layer
