// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/sigdata.h"

#include <algorithm>

#include "engine/base/compression.h"
#include "engine/base/file.h"
#include "engine/signature/json.h"

namespace hitz::signature {

namespace {

constexpr unsigned kShared = 0664;

Json set_of(const std::set<std::string>& names) {
  Json list;
  list.value = Json::List(names.begin(), names.end());
  return Json::Object{{"_set_object", std::move(list)}};
}

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json();
}

// Python's True is JSON's true.
Json literal_of(const std::string& text) {
  return Json::Literal{text == "True" ? "true" : text == "False" ? "false" : text};
}

std::set<std::string> names_in(const Json& json) {
  std::set<std::string> out;
  const Json* list = json.member("_set_object");
  for (const auto& item : (list != nullptr ? *list : json).items()) out.insert(item.text());
  return out;
}

std::optional<std::string> optional_text(const Json& json) {
  return json.is_text() ? std::optional(json.text()) : std::nullopt;
}

SignatureData::Run run_from(const Json& json) {
  SignatureData::Run out;
  out.task_hash = json["taskhash"].text();
  out.unihash = json["unihash"].text();
  for (const auto& item : json["runtaskdeps"].items()) out.order.push_back(item.text());
  for (const auto& [name, hash] : json["runtaskhashes"].members()) out.hashes[name] = hash.text();
  for (const auto& pair : json["file_checksum_values"].items()) {
    if (pair.items().size() == 2)
      out.files.emplace_back(pair.items()[0].text(), pair.items()[1].text());
  }
  return out;
}

}  // namespace

namespace {

bool looks_literal(const std::string& text) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text == "True" || text == "False" ||
         (!text.empty() && std::all_of(text.begin() + (text[0] == '-' ? 1 : 0), text.end(), digit));
}

}  // namespace

Result<void> find_literals(SignatureData& data, data::Store& d) {
  for (const auto& [name, text] : data.values) {
    if (!text || !looks_literal(*text)) continue;
    std::size_t open = name.ends_with(']') ? name.find('[') : std::string::npos;
    data::Value value =
        open == std::string::npos
            ? TRY(d.get(name, data::Expand::No))
            : TRY(d.get_flag(name.substr(0, open), name.substr(open + 1, name.size() - open - 2),
                             data::Expand::No));
    if (std::holds_alternative<std::int64_t>(value) || std::holds_alternative<bool>(value))
      data.literals.insert(name);
  }
  return {};
}

SignatureData signature_data(const Manifest& manifest, const TaskSignature* signature,
                             const std::vector<std::string>& ignored_variables,
                             const std::string& ignored_tasks) {
  SignatureData out;
  out.task = manifest.task;
  out.base_hash = manifest.hash.hex;
  out.ignored_variables = {ignored_variables.begin(), ignored_variables.end()};
  if (!ignored_tasks.empty()) out.ignored_tasks = ignored_tasks;
  out.variables = {manifest.variables.begin(), manifest.variables.end()};
  out.values[manifest.task] = manifest.value(manifest.task);
  for (const auto& name : manifest.variables) {
    auto direct = manifest.dependencies(name);
    out.dependencies[name] = {direct.begin(), direct.end()};
    out.values[name] = manifest.value(name);
  }
  if (signature == nullptr) return out;
  SignatureData::Run run{
      signature->hash.hex, signature->unihash.hex, {}, {}, signature->file_checksums};
  for (const auto& [name, hash] : signature->dependencies) {
    run.order.push_back(name);
    run.hashes[name] = hash;
  }
  out.run = std::move(run);
  out.taint = signature->taint;
  return out;
}

std::string to_json(const SignatureData& data) {
  Json::Object out;
  out["task"] = data.task;
  out["basehash"] = data.base_hash;
  out["basehash_ignore_vars"] = set_of(data.ignored_variables);
  out["taskhash_ignore_tasks"] = text_or_null(data.ignored_tasks);
  out["taskdeps"] = set_of(data.variables);
  Json::Object dependencies, values;
  for (const auto& [name, direct] : data.dependencies) dependencies[name] = set_of(direct);
  for (const auto& [name, text] : data.values)
    values[name] = data.literals.contains(name) ? literal_of(*text) : text_or_null(text);
  out["gendeps"] = std::move(dependencies);
  out["varvals"] = std::move(values);
  if (data.taint) out["taint"] = *data.taint;
  if (!data.run) return Json(std::move(out)).dump();
  Json::Object hashes;
  for (const auto& [name, hash] : data.run->hashes) hashes[name] = hash;
  Json::List files;
  for (const auto& [name, sum] : data.run->files) files.emplace_back(Json::List{name, sum});
  out["taskhash"] = data.run->task_hash;
  out["unihash"] = data.run->unihash;
  out["runtaskdeps"] = Json::List(data.run->order.begin(), data.run->order.end());
  out["runtaskhashes"] = std::move(hashes);
  out["file_checksum_values"] = std::move(files);
  return Json(std::move(out)).dump();
}

Result<SignatureData> from_json(std::string_view text) {
  Json json = TRY(Json::parse(text));
  SignatureData out;
  out.task = json["task"].text();
  if (out.task.empty() || !json["varvals"].is_object())
    return input_error("the text is no signature data");
  out.base_hash = json["basehash"].text();
  out.ignored_variables = names_in(json["basehash_ignore_vars"]);
  out.ignored_tasks = optional_text(json["taskhash_ignore_tasks"]);
  out.variables = names_in(json["taskdeps"]);
  for (const auto& [name, direct] : json["gendeps"].members())
    out.dependencies[name] = names_in(direct);
  for (const auto& [name, value] : json["varvals"].members()) {
    out.values[name] = optional_text(value);
    if (!value.is_literal()) continue;
    const std::string& text = value.text();
    out.values[name] = text == "true" ? "True" : text == "false" ? "False" : text;
    out.literals.insert(name);
  }
  if (json["taskhash"].is_text()) out.run = run_from(json);
  out.taint = optional_text(json["taint"]);
  return out;
}

Result<std::string> write_signature(const std::string& stamp, const SignatureData& data) {
  std::string path =
      stamp + "." + data.task +
      (data.run ? ".sigdata." + data.run->unihash : ".sigbasedata." + data.base_hash);
  TRY_VOID(write_signature_file(path, data));
  return path;
}

Result<void> write_signature_file(const std::string& path, const SignatureData& data) {
  TRY_VOID(make_folders(parent_of(path)));
  return write_file(path, zstd_compress(to_json(data)), kShared);
}

Result<SignatureData> read_signature(const std::string& path) {
  auto data = [&]() -> Result<SignatureData> {
    return from_json(TRY(zstd_decompress(TRY(read_file(path)))));
  }();
  if (!data) return fail(std::move(data.error().while_doing("while reading " + path)));
  return data;
}

}  // namespace hitz::signature
