// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/work_order.h"

#include <cstdlib>

#include "engine/base/bytes.h"

namespace hitz::cli {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void write(ByteWriter& out, const Pairs& pairs) {
  out.number(pairs.size());
  for (const auto& [first, second] : pairs) {
    out.text(first);
    out.text(second);
  }
}

Pairs read_pairs(ByteReader& in) {
  Pairs out;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string first(in.text());
    out.emplace_back(std::move(first), in.text());
  }
  return out;
}

// "name" of "mc:name:virtual:native:/path.bb".
std::string multiconfig_of(const std::string& file) {
  return file.starts_with("mc:") ? file.substr(3, file.find(':', 3) - 3) : "";
}

void write(ByteWriter& out, const signature::TaskSignature& signature) {
  out.text(signature.hash.hex);
  out.text(signature.unihash.hex);
  out.number(signature.taint ? 1 : 0);
  out.text(signature.taint.value_or(""));
  write(out, signature.dependencies);
  write(out, signature.file_checksums);
}

signature::TaskSignature read_signature(ByteReader& in) {
  signature::TaskSignature out;
  out.hash.hex = in.text();
  out.unihash.hex = in.text();
  bool tainted = in.number() != 0;
  std::string taint(in.text());
  if (tainted) out.taint = std::move(taint);
  out.dependencies = read_pairs(in);
  out.file_checksums = read_pairs(in);
  return out;
}

}  // namespace

std::string encode(const WorkFacts& facts) {
  ByteWriter out;
  write(out, facts.settings);
  out.texts(facts.rules.ignored_variables);
  out.text(facts.rules.ignored_tasks);
  out.text(facts.generator);
  return out.take();
}

std::optional<WorkFacts> decode_facts(std::string_view bytes) {
  ByteReader in(bytes);
  WorkFacts out;
  out.settings = read_pairs(in);
  out.rules.ignored_variables = in.texts();
  out.rules.ignored_tasks = in.text();
  out.generator = in.text();
  return in.ok() && in.at_end() ? std::optional(std::move(out)) : std::nullopt;
}

std::string encode(const exec::Job& job, const WorkOrder& order) {
  const recipe::Recipe& recipe = *job.recipe;
  ByteWriter out;
  out.text(recipe.file);
  out.texts(recipe.appends);
  out.text(recipe.layer);
  out.text(std::to_string(recipe.priority));
  out.text(multiconfig_of(recipe.virtual_file));
  out.text(recipe.variant);
  out.text(job.marks);
  out.number(job.quiet ? 1 : 0);
  out.number(job.gives_way ? 1 : 0);
  out.text(order.task);
  out.text(order.name);
  out.text(order.dependencies);
  write(out, order.signature);
  out.number(order.has_signature_file ? 1 : 0);
  return out.take();
}

std::optional<RecipeOrder> decode_order(std::string_view bytes) {
  ByteReader in(bytes);
  RecipeOrder out;
  out.file.path = in.text();
  out.file.appends = in.texts();
  out.file.layer = in.text();
  out.file.priority = std::atoi(std::string(in.text()).c_str());
  out.file.multiconfig = in.text();
  out.variant = in.text();
  out.marks = in.text();
  out.quiet = in.number() != 0;
  out.gives_way = in.number() != 0;
  out.order.task = in.text();
  out.order.name = in.text();
  out.order.dependencies = in.text();
  out.order.signature = read_signature(in);
  out.order.has_signature_file = in.number() != 0;
  return in.ok() && in.at_end() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace hitz::cli
