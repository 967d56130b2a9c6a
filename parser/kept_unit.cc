// SPDX-License-Identifier: Apache-2.0
// The bytes, numbers and texts as engine/base/bytes.h has them:
//
//   unit = count (span kind members)* count (span message)*
//   span = first last line, each as the difference from the end, or the line, of the one before
//
// kind is the place of the statement's type in Body; members are in the order of the struct.
#include "parser/kept_unit.h"

#include <concepts>
#include <type_traits>
#include <utility>

#include "engine/base/bytes.h"

namespace hitz::parser {

namespace {

// One list of members for both directions.
template <class T, class Type>
concept Either = std::same_as<std::remove_const_t<T>, Type>;

void members(auto& a, Either<Assign> auto& of) {
  a(of.name), a(of.flag), a(of.op), a(of.value), a(of.exported);
}
void members(auto& a, Either<Export> auto& of) {
  a(of.name);
}
void members(auto& a, Either<Unset> auto& of) {
  a(of.name), a(of.flag);
}
void members(auto& a, Either<Inherit> auto& of) {
  a(of.classes), a(of.when);
}
void members(auto& a, Either<Include> auto& of) {
  a(of.files), a(of.mode);
}
void members(auto& a, Either<AddTask> auto& of) {
  a(of.names), a(of.before), a(of.after);
}
void members(auto& a, Either<DelTask> auto& of) {
  a(of.names);
}
void members(auto& a, Either<AddHandler> auto& of) {
  a(of.names);
}
void members(auto& a, Either<ExportFunctions> auto& of) {
  a(of.names), a(of.class_name);
}
void members(auto& a, Either<AddPylib> auto& of) {
  a(of.folder), a(of.package);
}
void members(auto& a, Either<AddFragments> auto& of) {
  a(of.prefix), a(of.enabled_variable), a(of.flagged_variables), a(of.builtin_variable);
}
void members(auto& a, Either<Function> auto& of) {
  a(of.name), a(of.language), a(of.root), a(of.body), a(of.closing_line);
}
void members(auto& a, Either<PythonDef> auto& of) {
  a(of.name), a(of.text);
}

constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

struct Writing {
  ByteWriter out;
  Span before{};

  void operator()(const std::string& value) { out.text(value); }
  void operator()(const std::vector<std::string>& value) { out.texts(value); }
  void operator()(std::uint32_t value) { out.number(value); }
  template <class Enumeration>
    requires std::is_enum_v<Enumeration>
  void operator()(Enumeration value) {
    out.number(static_cast<std::uint64_t>(value));
  }
  void span(const Span& span) {
    out.number(zigzag(std::int64_t{span.first} - before.last));
    out.number(zigzag(std::int64_t{span.last} - before.last));
    out.number(zigzag(std::int64_t{span.line} - before.line));
    before = span;
  }
};

struct Reading {
  ByteReader in;
  FileId file;
  Span before{};

  void operator()(std::string& value) { value = in.text(); }
  void operator()(std::vector<std::string>& value) { value = in.texts(); }
  void operator()(std::uint32_t& value) { value = static_cast<std::uint32_t>(in.number()); }
  template <class Enumeration>
    requires std::is_enum_v<Enumeration>
  void operator()(Enumeration& value) {
    value = static_cast<Enumeration>(in.number());
  }
  Span span() {
    auto next = [&](std::uint32_t base) {
      return static_cast<std::uint32_t>(base + unzigzag(in.number()));
    };
    Span out{file, next(before.last), next(before.last), next(before.line)};
    before = out;
    return out;
  }
};

template <std::size_t... Kinds>
void make(Body& out, std::size_t kind, std::index_sequence<Kinds...>) {
  ((kind == Kinds ? static_cast<void>(out.emplace<Kinds>()) : static_cast<void>(0)), ...);
}

}  // namespace

std::string encode(const Unit& unit) {
  Writing a;
  a.out.number(unit.statements.size());
  for (const Statement& statement : unit.statements) {
    a.span(statement.span);
    a.out.number(statement.body.index());
    std::visit([&](const auto& body) { members(a, body); }, statement.body);
  }
  a.out.number(unit.warnings.size());
  for (const Warning& warning : unit.warnings) {
    a.span(warning.span);
    a(warning.message);
  }
  return a.out.take();
}

std::optional<Unit> decode(std::string_view bytes, FileId file) {
  Reading a{ByteReader(bytes), file};
  Unit out{file, {}, {}};
  for (std::uint64_t left = a.in.number(); left > 0 && a.in.ok(); --left) {
    Statement& statement = out.statements.emplace_back();
    statement.span = a.span();
    const std::uint64_t kind = a.in.number();
    if (kind >= std::variant_size_v<Body>) return std::nullopt;
    make(statement.body, kind, std::make_index_sequence<std::variant_size_v<Body>>());
    std::visit([&](auto& body) { members(a, body); }, statement.body);
  }
  for (std::uint64_t left = a.in.number(); left > 0 && a.in.ok(); --left) {
    Warning& warning = out.warnings.emplace_back();
    warning.span = a.span();
    a(warning.message);
  }
  if (!a.in.ok() || !a.in.at_end()) return std::nullopt;
  return out;
}

}  // namespace hitz::parser
