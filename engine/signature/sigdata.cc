// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/sigdata.h"

#include <algorithm>
#include <array>

#include "engine/base/compression.h"
#include "engine/base/file.h"
#include "engine/signature/json.h"

namespace hitz::signature {

namespace {

constexpr unsigned kShared = 0664;

// Python's True is JSON's true.
std::string literal_of(const std::string& text) {
  return text == "True" ? "true" : text == "False" ? "false" : text;
}

// Members come in the order of their names.
struct Writing {
  std::string& out;

  void begin_item() const {
    if (out.back() != '{' && out.back() != '[') out += ',';
  }
  const Writing& member(std::string_view name) const {
    begin_item();
    append_json(name, out);
    out += ':';
    return *this;
  }
  void text(std::string_view text) const { append_json(text, out); }
  void text_or_null(const std::optional<std::string>& text) const {
    if (text) {
      append_json(*text, out);
    } else {
      out += "null";
    }
  }
  template <class Items, class One>
  void list(const Items& items, One one) const {
    out += '[';
    for (const auto& item : items) {
      begin_item();
      one(item);
    }
    out += ']';
  }
  template <class Members, class One>
  void object(const Members& members, One one) const {
    out += '{';
    for (const auto& each : members) {
      member(each.first);
      one(each);
    }
    out += '}';
  }
  void set(const std::set<std::string>& names) const {
    out += '{';
    member("_set_object").list(names, [this](const auto& name) { text(name); });
    out += '}';
  }
};

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
  std::string out = "{";
  Writing to{out};
  to.member("basehash").text(data.base_hash);
  to.member("basehash_ignore_vars").set(data.ignored_variables);
  if (data.run) {
    to.member("file_checksum_values").list(data.run->files, [&](const auto& file) {
      to.list(std::array{file.first, file.second}, [&](const auto& part) { to.text(part); });
    });
  }
  to.member("gendeps").object(data.dependencies, [&](const auto& one) { to.set(one.second); });
  if (data.run) {
    to.member("runtaskdeps").list(data.run->order, [&](const auto& name) { to.text(name); });
    to.member("runtaskhashes").object(data.run->hashes, [&](const auto& one) {
      to.text(one.second);
    });
  }
  if (data.taint) to.member("taint").text(*data.taint);
  to.member("task").text(data.task);
  to.member("taskdeps").set(data.variables);
  if (data.run) to.member("taskhash").text(data.run->task_hash);
  to.member("taskhash_ignore_tasks").text_or_null(data.ignored_tasks);
  if (data.run) to.member("unihash").text(data.run->unihash);
  to.member("varvals").object(data.values, [&](const auto& one) {
    if (data.literals.contains(one.first)) {
      out += literal_of(*one.second);
    } else {
      to.text_or_null(one.second);
    }
  });
  return out += '}';
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

// A task's process has little memory of its own: tables for more than such a text would be most of
// what it takes.
Result<void> write_signature_file(const std::string& path, const SignatureData& data) {
  TRY_VOID(make_folders(parent_of(path)));
  return write_file(path, zstd_compress_sparingly(to_json(data)), kShared);
}

Result<SignatureData> read_signature(const std::string& path) {
  auto data = [&]() -> Result<SignatureData> {
    return from_json(TRY(zstd_decompress(TRY(read_file(path)))));
  }();
  if (!data) return fail(std::move(data.error().while_doing("while reading " + path)));
  return data;
}

}  // namespace hitz::signature
