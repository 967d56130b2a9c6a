// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <string>

#include "engine/base/text.h"
#include "engine/recipe/collect.h"

namespace hitz::recipe {

namespace {

/// BitBake's idea of a yes.
bool is_yes(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text == "1" || text == "y" || text == "yes" || text == "true";
}

// Flags that Python sets may be numbers.
std::string shown(const data::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "1" : "";
  const std::string* text = data::text_of(value);
  return text != nullptr ? *text : "";
}

/// Takes one variant's finished store apart.
class Description {
 public:
  Description(const RecipeFile& file, const eval::Variant& variant)
      : d_(*variant.store), variant_(variant) {
    out_.file = file.path;
    out_.variant = variant.name;
    out_.virtual_file = recipe::virtual_file(file, variant.name);
    out_.appends = file.appends;
    out_.layer = file.layer;
    out_.priority = file.priority;
    out_.skipped = variant.outcome.skipped;
  }

  Result<Recipe> whole() {
    TRY_VOID(names());
    TRY_VOID(packages());
    out_.default_preference = TRY(number("DEFAULT_PREFERENCE"));
    out_.depends = explode_deps(TRY(d_.text("DEPENDS")));
    out_.inherits = d_.list("__inherit_cache");
    out_.stamp = TRY(d_.text("STAMP"));
    out_.hash_filename = TRY(d_.text("BB_HASHFILENAME"));
    out_.exclude_from_world = is_yes(TRY(d_.text("EXCLUDE_FROM_WORLD")));
    out_.extra_depends = TRY(d_.text("calculate_extra_depends"));
    for (const auto& name : d_.list("__BBTASKS")) {
      out_.tasks.push_back(TRY(task(TRY(d_.expand(name)))));
    }
    out_.store = FinishedStore(variant_.store);
    return std::move(out_);
  }

  /// Of a recipe that was left half-way: as much as can be told, for who looks for it.
  Recipe what_is_known() {
    out_.store = FinishedStore(variant_.store);
    auto text = [&](const char* name) { return d_.text(name).value_or(""); };
    out_.pn = text("PN");
    out_.pe = text("PE");
    out_.pv = text("PV");
    out_.pr = text("PR");
    out_.provides = words(text("PROVIDES"));
    provide_itself();
    out_.rprovides = words(text("RPROVIDES"));
    for (const auto& name : words(text("PACKAGES"))) {
      out_.packages[name].rprovides = words(d_.text("RPROVIDES:" + name).value_or(""));
    }
    return std::move(out_);
  }

 private:
  Result<void> names() {
    out_.pn = TRY(d_.text("PN"));
    out_.pe = TRY(d_.text("PE"));
    out_.pv = TRY(d_.text("PV"));
    out_.pr = TRY(d_.text("PR"));
    out_.pf = TRY(d_.text("PF"));
    if (out_.pf.empty()) out_.pf = out_.pn + "-" + out_.pv + "-" + out_.pr;
    out_.provides = words(TRY(d_.text("PROVIDES")));
    provide_itself();
    return {};
  }

  void provide_itself() {
    auto& all = out_.provides;
    if (std::find(all.begin(), all.end(), out_.pn) == all.end()) all.push_back(out_.pn);
  }

  Result<int> number(const std::string& name) {
    std::string text = TRY(d_.text(name));
    std::string_view digits = trim(text);
    int out = 0;
    auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (digits.empty() || (failure == std::errc() && end == digits.data() + digits.size())) {
      return out;
    }
    return input_error(name + " is '" + text + "', which is not a number");
  }

  Result<std::vector<std::string>> deps(const std::string& name) {
    return explode_deps(TRY(d_.text(name)));
  }

  Result<void> packages() {
    out_.packages_dynamic = words(TRY(d_.text("PACKAGES_DYNAMIC")));
    out_.rdepends = TRY(deps("RDEPENDS"));
    out_.rrecommends = TRY(deps("RRECOMMENDS"));
    out_.rprovides = TRY(deps("RPROVIDES"));
    auto names = words(TRY(d_.text("PACKAGES")));
    if (names.empty()) names.push_back(out_.pn);
    for (const auto& name : names) {
      Package& package = out_.packages[name];
      package.rdepends = TRY(deps("RDEPENDS:" + name));
      package.rrecommends = TRY(deps("RRECOMMENDS:" + name));
      package.rprovides = TRY(deps("RPROVIDES:" + name));
    }
    return {};
  }

  Result<std::string> flag_text(const std::string& task, std::string_view flag) {
    data::Value value = TRY(d_.get_flag(task, flag));
    const std::string* text = data::text_of(value);
    return text != nullptr ? *text : "";
  }

  Result<std::vector<std::string>> flag(const std::string& task, std::string_view flag) {
    return words(TRY(flag_text(task, flag)));
  }

  Result<Task> task(const std::string& name) {
    Task out;
    out.name = name;
    out.predecessors = eval::Evaluator::predecessors(name, d_);
    out.depends = TRY(flag(name, "depends"));
    out.rdepends = TRY(flag(name, "rdepends"));
    out.deptask = TRY(flag(name, "deptask"));
    out.rdeptask = TRY(flag(name, "rdeptask"));
    out.recrdeptask = TRY(flag(name, "recrdeptask"));
    out.recideptask = TRY(flag(name, "recideptask"));
    out.mcdepends = TRY(flag(name, "mcdepends"));
    out.nostamp = d_.has_flag(name, "nostamp");
    out.noexec = d_.has_flag(name, "noexec");
    out.fakeroot = data::is_set(TRY(d_.get_flag(name, "fakeroot")));
    out.network = shown(TRY(d_.get_flag(name, "network")));
    out.file_checksums = TRY(flag_text(name, "file-checksums"));
    out.stamp_extra_info = TRY(flag_text(name, "stamp-extra-info"));
    out.outputs = TRY(flag_text(name, "outputs"));
    return out;
  }

  data::Store& d_;
  const eval::Variant& variant_;
  Recipe out_;
};

}  // namespace

Result<std::vector<Recipe>> evaluate(const RecipeFile& file, data::Store& base,
                                     eval::Evaluator& evaluator) {
  auto d = base.copy();
  using data::Writer;
  TRY_VOID(d->set("__BBMULTICONFIG", file.multiconfig, Writer::Code));
  TRY_VOID(d->set("FILE_LAYERNAME", file.layer, Writer::Code));
  TRY_VOID(d->set("__BB_RECIPE_FILE", file.path, Writer::Code));
  auto variants = evaluator.recipe(file.path, file.appends, *d);
  if (!variants) return fail(std::move(variants.error().while_doing("while parsing " + file.path)));
  std::vector<Recipe> out;
  for (const auto& variant : *variants) {
    Description description(file, variant);
    if (variant.outcome.skipped) {
      out.push_back(description.what_is_known());
      continue;
    }
    auto recipe = description.whole();
    if (!recipe) {
      return fail(
          std::move(recipe.error().while_doing("while reading the variables of " + file.path)));
    }
    out.push_back(std::move(*recipe));
  }
  return out;
}

std::string virtual_file(const RecipeFile& file, const std::string& variant) {
  return (file.multiconfig.empty() ? "" : "mc:" + file.multiconfig + ":") +
         (variant.empty() ? file.path : "virtual:" + variant + ":" + file.path);
}

std::vector<std::string> explode_deps(std::string_view text) {
  std::vector<std::string> out;
  bool inside = false;
  for (auto& word : words(text)) {
    if (word.starts_with('(')) inside = true;
    bool closes = word.ends_with(')');
    if (!inside) out.push_back(std::move(word));
    if (closes) inside = false;
  }
  return out;
}

}  // namespace hitz::recipe
