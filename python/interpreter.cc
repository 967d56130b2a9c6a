// SPDX-License-Identifier: Apache-2.0
// Long: one class, whose members all work on the same compiled texts.
#include "python/interpreter.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <unordered_map>

#include "engine/base/bytes.h"
#include "engine/base/text.h"
#include "python/arenas.h"
#include "python/context.h"
#include "python/definitions.h"
#include "python/fence.h"
#include "python/kept_code.h"
#include "python/late_value.h"
#include "python/literal_call.h"
#include "python/module.h"
#include "python/object.h"
#include "python/recall.h"
#include "python/store_type.h"
#include "python/witness.h"

namespace hitz::python {

namespace {

class HandlerTable final : public data::Opaque {
 public:
  explicit HandlerTable(Object table) : table(std::move(table)) {}
  Object table;
};

std::set<std::string> text_set(PyObject* iterable) {
  std::set<std::string> out;
  Object list = Object::steal(PySequence_List(iterable));
  for (Py_ssize_t i = 0; list && i < PyList_Size(list.get()); ++i)
    out.insert(utf8_of(PyList_GetItem(list.get(), i)));
  return out;
}

// (references, execs, contains) as bb.codeparser gives them.
data::CodeRefs refs_of(PyObject* tuple) {
  data::CodeRefs out;
  out.references = text_set(PyTuple_GetItem(tuple, 0));
  out.execs = text_set(PyTuple_GetItem(tuple, 1));
  PyObject *key = nullptr, *value = nullptr;
  Py_ssize_t at = 0;
  while (PyDict_Next(PyTuple_GetItem(tuple, 2), &at, &key, &value))
    out.contains[utf8_of(key)] = text_set(value);
  return out;
}

data::CodeRefs refs_of(const LiteralCall& literal) {
  data::CodeRefs out;
  auto& tested = out.contains[std::string(literal.variable)];
  if (literal.function == LiteralCall::Function::Contains) {
    tested.emplace(literal.words);
  } else {
    for (auto& word : words(literal.words)) tested.insert(std::move(word));
  }
  return out;
}

// The functions of Findings.
constexpr char kScan = 'p', kModuleFunction = 'm', kModuleNames = 'n';

void write_texts(ByteWriter& out, const std::set<std::string>& texts) {
  out.number(texts.size());
  for (const auto& text : texts) out.text(text);
}

std::set<std::string> read_texts(ByteReader& in) {
  std::set<std::string> out;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left)
    out.emplace_hint(out.end(), in.text());
  return out;
}

void write_refs(ByteWriter& out, const data::CodeRefs& refs) {
  write_texts(out, refs.references);
  write_texts(out, refs.execs);
  out.number(refs.contains.size());
  for (const auto& [variable, lists] : refs.contains) {
    out.text(variable);
    write_texts(out, lists);
  }
}

data::CodeRefs read_refs(ByteReader& in) {
  data::CodeRefs out;
  out.references = read_texts(in);
  out.execs = read_texts(in);
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string variable(in.text());
    out.contains[std::move(variable)] = read_texts(in);
  }
  return out;
}

Object list_of(const std::vector<std::string>& items) {
  return to_python(data::Value(items));
}

// A name that Python accepts for a function whatever the variable is called.
std::string python_name(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '_' || (c & 0x80) != 0;
    if (!fine) c = '_';
  }
  return out;
}

Error status_error(const PyStatus& status) {
  return Error{Blame::Environment,
               "cannot start Python: " +
                   std::string(status.err_msg != nullptr ? status.err_msg : "unknown reason"),
               {},
               Kind::Plain,
               {}};
}

// What is made while modules are imported and metadata is read stays, for the most part: Python
// would look through it for circles some hundred times.
void look_for_circles_seldom() {
  constexpr int kNewObjects = 10'000;  // more would leave 100 MB of circles behind
  Object collector = Object::steal(PyImport_ImportModule("gc"));
  if (!collector ||
      !Object::steal(PyObject_CallMethod(collector.get(), "set_threshold", "i", kNewObjects)))
    PyErr_Clear();
}

// Isolated from the user's environment, with the one order of sets and dicts that BitBake asks for.
Result<void> start_python(const std::string& modules) {
  use_large_arenas();
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  PyStatus status = Py_PreInitialize(&before);
  if (PyStatus_Exception(status)) return fail(status_error(status));
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  config.site_import = 0;
  config.install_signal_handlers = 0;
  config.pathconfig_warnings = 0;
  PyConfig_SetString(&config, &config.program_name, L"/usr/bin/python3");
  status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status)) return fail(status_error(status));
  look_for_circles_seldom();
  PyObject* path = PySys_GetObject("path");
  PyList_Insert(path, 0, py_text(modules).get());
  PyList_Append(path, py_text("/usr/lib/python3/dist-packages").get());
  return {};
}

}  // namespace

struct Interpreter::State {
  // An expression of a ${@…} block: compiled, and when it is pure, what it gave before.
  struct Expression {
    Object code;
    int asked = 0;  // up to kOften it runs; then it is pure or not
    bool pure = false;
    Recall recall{};
  };
  // Tests compare what hitz answers itself with what Python says every time.
  bool every_time = std::getenv("HITZ_PYTHON_EVERY_TIME") != nullptr;
  Object globals;  // shared by all metadata
  Object context_type;
  Definitions definitions;
  std::unordered_map<std::string, Expression, data::TextHash, std::equal_to<>> expressions;
  KeptCode functions;
  std::unordered_map<std::string, data::CodeRefs, data::TextHash, std::equal_to<>> scanned;
  std::unordered_set<std::string> module_function_names;
  std::unordered_map<std::string, ModuleFunction> module_functions;  // those asked for
  Findings* findings = nullptr;
  std::unordered_map<const PyObject*, int> ready;  // uses of functions' code, which stays
  struct Forks {
    Object at_fork;  // the list of modules that want to know of forks
    Object reborn;   // for a child
  } forks;
  bool plain_fork = false;  // the one at hand
};

Interpreter::Interpreter() : state_(std::make_unique<State>()) {}
// The interpreter lives as long as the process: objects that metadata made may outlive this one.
Interpreter::~Interpreter() {
  [[maybe_unused]] State* lives_on = state_.release();
}

Result<std::unique_ptr<Interpreter>> Interpreter::start(const std::string& modules) {
  auto out = std::unique_ptr<Interpreter>(new Interpreter());
  register_module(out->hooks, data::Family{out.get(), nullptr, data::Family::Release::Wrynose, {}});
  if (!Py_IsInitialized()) {
    TRY_VOID(start_python(modules));
    TRY_VOID(call_witness(modules));
  }
  Object context = attribute("bb.utils", "_context");
  Object locals = make_context_type();
  if (!context || !locals) {
    Error error = take_exception();
    error.blame = Blame::Internal;
    return fail(std::move(error.while_doing("while importing the bb package from " + modules)));
  }
  // C code that imports while metadata runs looks for the builtins here.
  if (!PyDict_GetItemString(context.get(), "__builtins__"))
    PyDict_SetItemString(context.get(), "__builtins__", PyEval_GetBuiltins());
  Object live = attribute("bb.utils", "_live_here");
  if (!live || !Object::steal(PyObject_CallNoArgs(live.get()))) return fail(take_exception());
  out->state_->globals = context;
  out->state_->context_type = locals;
  out->state_->forks = {attribute("hitz.forks", "others"), attribute("hitz.forks", "reborn")};
  if (!out->state_->forks.at_fork || !out->state_->forks.reborn) return fail(take_exception());
  return out;
}

void Interpreter::use(const data::Family& family) {
  register_module(hooks, family);
}

namespace {

constexpr int kOften = 4;

bool is_pure(const std::string& expression) {
  Unwatched unwatched;
  Object check = attribute("hitz.pure", "is_pure");
  Object yes =
      check ? Object::steal(PyObject_CallOneArg(check.get(), py_text(expression).get())) : Object();
  PyErr_Clear();
  return yes && PyObject_IsTrue(yes.get()) == 1;
}

// Comprehensions and lambdas look their names up in the globals alone, so those get a d of their
// own.
Object expression_globals(const Object& globals, const Object& code, const Object& d) {
  PyObject* constants = reinterpret_cast<PyCodeObject*>(code.get())->co_consts;
  bool inner = false;
  for (Py_ssize_t i = 0; i < PyTuple_Size(constants); ++i)
    inner = inner || PyCode_Check(PyTuple_GetItem(constants, i));
  if (!inner) return globals;
  Object own = Object::steal(PyDict_Copy(globals.get()));
  if (own) PyDict_SetItemString(own.get(), "d", d.get());
  return own;
}

}  // namespace

data::Reads* Interpreter::watch(data::Reads* reads) {
  return python::watch(reads);
}

std::optional<data::RunningCode> Interpreter::running_code() {
  PyFrameObject* frame = PyEval_GetFrame();
  if (frame == nullptr) return std::nullopt;
  Object code = Object::steal(reinterpret_cast<PyObject*>(PyFrame_GetCode(frame)));
  const auto* facts = reinterpret_cast<const PyCodeObject*>(code.get());
  return data::RunningCode{utf8_of(facts->co_filename),
                           static_cast<std::uint32_t>(PyFrame_GetLineNumber(frame)),
                           utf8_of(facts->co_name)};
}

Result<std::optional<std::string>> Interpreter::evaluate(std::string_view expression,
                                                         data::Store& d) {
  Timed timed(d.family().timing, Work::Python);
  auto literal = state_->every_time ? std::nullopt : literal_call(expression);
  if (literal) {
    data::Value value = TRY(d.get(literal->variable));
    if (!data::is_set(value)) return std::optional(answer_of(*literal, ""));
    if (const std::string* text = data::text_of(value))
      return std::optional(answer_of(*literal, *text));
  }
  auto found = state_->expressions.find(expression);
  if (found == state_->expressions.end()) {
    std::string key(expression);
    Object code = Object::steal(Py_CompileString(key.c_str(), "<expansion>", Py_eval_input));
    if (!code) {
      Error error = take_exception();
      if (error.message.find("unterminated string literal") != std::string::npos)
        return std::optional<std::string>();
      return fail(std::move(error));
    }
    found = state_->expressions.emplace(std::move(key), State::Expression{code}).first;
  }
  State::Expression& compiled = found->second;  // stays where it is
  // Finding out whether it is pure costs more than running it a few times.
  if (++compiled.asked == kOften && !state_->every_time) compiled.pure = is_pure(found->first);
  const bool pure = compiled.pure;
  if (pure) {
    if (auto known = compiled.recall.result(d)) return known;
  }
  TRY_VOID(state_->definitions.prefer(d, state_->globals));
  Object code = compiled.code;
  Object view = wrap(d.shared_from_this());
  if (!view) return fail(take_exception());
  Object locals = make_context(state_->context_type, view, d.shared_from_this(), state_->globals);
  Object globals = expression_globals(state_->globals, code, view);
  if (!locals || !globals) return fail(take_exception());
  std::vector<Reading> readings;
  Listening listening(pure ? &readings : nullptr);
  Object value = Object::steal(PyEval_EvalCode(code.get(), globals.get(), locals.get()));
  if (!value) return fail(take_exception());
  Object text = Object::steal(PyObject_Str(value.get()));
  if (!text) return fail(take_exception());
  std::string out = utf8_of(text.get());
  if (pure) compiled.recall.keep(d, std::move(readings), out);
  return std::optional(std::move(out));
}

namespace {

// Compiled text of a file's part.
Result<Object> compiled(KeptCode& kept, const std::string& text, std::string_view path,
                        std::uint32_t line) {
  Object code = kept.of(text, path, line);
  if (code) return code;
  Error error = take_exception();
  error.kind = Kind::Handled;
  error.message = "cannot compile Python code at " + std::string(path) + ":" +
                  std::to_string(line) + ": " + error.message;
  return fail(std::move(error));
}

}  // namespace

Result<void> Interpreter::define(std::string_view name, std::string_view text,
                                 std::string_view path, std::uint32_t line) {
  Object code = TRY(compiled(state_->functions, std::string(text) + "\n", path, line));
  Object result =
      Object::steal(PyEval_EvalCode(code.get(), state_->globals.get(), state_->globals.get()));
  if (!result) return fail(take_exception());
  state_->definitions.note(name, text, std::move(code));
  return {};
}

namespace {

std::string definition_of(const data::PythonFunction& function) {
  return "def " + python_name(function.name) + "(d):\n" + function.body;
}

}  // namespace

void Interpreter::make_ready(const data::PythonFunction& function) {
  auto code = compiled(state_->functions, definition_of(function), function.path, function.line);
  if (!code) return;
  // What one process needs only now and then is not worth an import here.
  const int uses = ++state_->ready[code->get()];
  if (uses > 2) return;
  Object import_for =
      attribute("hitz.import_ahead", uses == 1 ? "import_for" : "import_for_all_of");
  if (import_for) Object::steal(PyObject_CallOneArg(import_for.get(), code->get()));
  PyErr_Clear();  // the function says so itself
}

Result<void> Interpreter::run(const data::PythonFunction& function, data::Store& d) {
  Timed timed(d.family().timing, Work::Python);
  std::string name = python_name(function.name);
  Object code =
      TRY(compiled(state_->functions, definition_of(function), function.path, function.line));
  TRY_VOID(state_->definitions.prefer(d, state_->globals));
  Object view = wrap(d.shared_from_this());
  if (!view) return fail(take_exception());
  Object defined =
      Object::steal(PyEval_EvalCode(code.get(), state_->globals.get(), state_->globals.get()));
  if (!defined) return fail(take_exception());
  Object callee = Object::borrow(PyDict_GetItemString(state_->globals.get(), name.c_str()));
  Object result = Object::steal(PyObject_CallOneArg(callee.get(), view.get()));
  if (result) return {};
  Error error = take_exception();
  if (error.kind != Kind::Function)  // a command's failure speaks for itself
    error.while_doing("while running " + function.name + " of " + function.path + ":" +
                      std::to_string(function.line));
  return fail(std::move(error));
}

Result<std::string> Interpreter::filter(std::string_view value, std::string_view expression) {
  Object apply = attribute("bb.filter", "apply_filters");
  if (!apply) return fail(take_exception());
  Object list = list_of({std::string(expression)});
  Object out = Object::steal(
      PyObject_CallFunctionObjArgs(apply.get(), py_text(value).get(), list.get(), nullptr));
  if (!out) return fail(take_exception());
  return utf8_of(out.get());
}

Result<const data::CodeRefs*> Interpreter::scan(std::string_view code) {
  auto& known = state_->scanned;
  if (auto found = known.find(code); found != known.end()) return &found->second;
  if (auto literal = literal_call(code))
    return &known.emplace(std::string(code), refs_of(*literal)).first->second;
  Findings* findings = state_->findings;
  if (auto found = findings != nullptr ? findings->find(kScan, code) : std::nullopt) {
    ByteReader in(*found);
    return &known.emplace(std::string(code), read_refs(in)).first->second;
  }
  Unwatched unwatched;
  Object scan = attribute("bb.codeparser", "scan");
  if (!scan) return fail(take_exception());
  Object out =
      Object::steal(PyObject_CallFunctionObjArgs(scan.get(), py_text(code).get(), nullptr));
  if (!out) return fail(take_exception());
  const data::CodeRefs& refs = known.emplace(std::string(code), refs_of(out.get())).first->second;
  if (findings == nullptr) return &refs;
  ByteWriter bytes;
  write_refs(bytes, refs);
  findings->add(kScan, code, bytes.take());
  return &refs;
}

void Interpreter::keep_code(Findings* findings) {
  state_->functions.use(findings);
  hooks.kept = [this](const std::string& subject) { return state_->functions.finding(subject); };
  hooks.keep = [this](const std::string& subject, std::string finding) {
    state_->functions.add_finding(subject, std::move(finding));
  };
}

std::size_t Interpreter::compiled_anew() const {
  return state_->functions.fresh();
}

void Interpreter::remember(Findings* findings) {
  state_->findings = findings;
}

Result<void> Interpreter::add_library(std::string_view folder, std::string_view package,
                                      data::Store& d) {
  Object add = attribute("bb.utils", "_add_library");
  if (!add) return fail(take_exception());
  Object view = wrap(d.shared_from_this());
  Object out = Object::steal(PyObject_CallFunctionObjArgs(
      add.get(), py_text(folder).get(), py_text(package).get(), view.get(), nullptr));
  if (!out) return fail(take_exception());
  return {};
}

void Interpreter::set_version(const std::string& version) {
  Object bb = Object::steal(PyImport_ImportModule("bb"));
  if (bb) PyObject_SetAttrString(bb.get(), "__version__", py_text(version).get());
  PyErr_Clear();
}

void Interpreter::warn(const std::string& text) {
  Object logger = attribute("bb", "parselogger");
  if (logger)
    Object::steal(PyObject_CallMethod(logger.get(), "warning", "sO", "%s", py_text(text).get()));
  PyErr_Clear();
}

namespace {

// A handler that cannot be compiled is told of and hears nothing, as in BitBake.
Result<void> leave_out(const std::string& key, const Error& error) {
  Object leave = attribute("bb.event", "_leave_out");
  if (!leave) return fail(take_exception());
  Object out = Object::steal(PyObject_CallFunctionObjArgs(leave.get(), py_text(key).get(),
                                                          py_text(error.text()).get(), nullptr));
  if (!out) return fail(take_exception());
  return {};
}

}  // namespace

Result<void> Interpreter::add_handler(const data::PythonHandler& handler, data::Store& d) {
  const std::string multiconfig = TRY(d.text("BB_CURRENT_MC"));
  const std::string key = replace_all(multiconfig, "-", "_") + handler.name;
  Object known = attribute("bb.event", "_handlers");
  if (!known) return fail(take_exception());
  if (PyDict_GetItemString(known.get(), key.c_str()) != nullptr) return {};
  std::string name = python_name(key);
  auto code = compiled(state_->functions, "def " + name + "(e, d):\n" + handler.body, handler.path,
                       handler.line);
  if (!code) return leave_out(key, code.error());
  Object locals = Object::steal(PyDict_New());
  Object defined = Object::steal(PyEval_EvalCode(code->get(), state_->globals.get(), locals.get()));
  Object add = attribute("bb.event", "_register");
  if (!defined || !add) return fail(take_exception());
  Object function = Object::borrow(PyDict_GetItemString(locals.get(), name.c_str()));
  Object mask = list_of(handler.mask);
  Object out =
      Object::steal(PyObject_CallFunctionObjArgs(add.get(), py_text(key).get(), function.get(),
                                                 mask.get(), py_text(multiconfig).get(), nullptr));
  if (!out) return fail(take_exception());
  return {};
}

Result<void> Interpreter::fire(std::string_view event_class,
                               const std::vector<data::Value>& arguments, data::Store& d) {
  Timed timed(d.family().timing, Work::Python);
  TRY_VOID(state_->definitions.prefer(d, state_->globals));
  Object fire = attribute("bb.event", "_fire");
  if (!fire) return fail(take_exception());
  Object list = Object::steal(PyList_New(0));
  for (const auto& argument : arguments) PyList_Append(list.get(), to_python(argument).get());
  Object view = wrap(d.shared_from_this());
  Object out = Object::steal(PyObject_CallFunctionObjArgs(fire.get(), py_text(event_class).get(),
                                                          list.get(), view.get(), nullptr));
  if (!out) return fail(take_exception());
  return {};
}

Result<void> Interpreter::fire_multiconfig_parsed(
    const std::vector<std::pair<std::string, std::shared_ptr<data::Store>>>& stores,
    data::Store& d) {
  TRY_VOID(state_->definitions.prefer(d, state_->globals));
  Object fire = attribute("bb.event", "_fire");
  if (!fire) return fail(take_exception());
  Object by_name = Object::steal(PyDict_New());
  for (const auto& [name, store] : stores)
    PyDict_SetItem(by_name.get(), py_text(name).get(), wrap(store).get());
  Object arguments = Object::steal(PyTuple_Pack(1, by_name.get()));
  Object view = wrap(d.shared_from_this());
  Object out = Object::steal(
      PyObject_CallFunctionObjArgs(fire.get(), py_text("bb.event.MultiConfigParsed").get(),
                                   arguments.get(), view.get(), nullptr));
  if (!out) return fail(take_exception());
  return {};
}

std::shared_ptr<const data::Opaque> Interpreter::handlers() {
  Object get = attribute("bb.event", "get_class_handlers");
  Object table = get ? Object::steal(PyObject_CallNoArgs(get.get())) : Object();
  PyErr_Clear();
  return std::make_shared<HandlerTable>(std::move(table));
}

void Interpreter::restore_handlers(std::shared_ptr<const data::Opaque> table) {
  const auto* kept = dynamic_cast<const HandlerTable*>(table.get());
  Object set = attribute("bb.event", "set_class_handlers");
  if (kept != nullptr && set && kept->table)
    Object::steal(PyObject_CallFunctionObjArgs(set.get(), kept->table.get(), nullptr));
  PyErr_Clear();
}

// With findings no library is added any more: the names are looked for once.
const std::unordered_set<std::string>& Interpreter::module_function_names() {
  auto& known = state_->module_function_names;
  Findings* findings = state_->findings;
  if (findings != nullptr && !known.empty()) return known;
  if (auto found = findings != nullptr ? findings->find(kModuleNames, "") : std::nullopt) {
    for (auto& name : ByteReader(*found).texts()) known.insert(std::move(name));
    return known;
  }
  Unwatched unwatched;
  Object get = attribute("bb.codeparser", "module_function_names");
  Object table = get ? Object::steal(PyObject_CallNoArgs(get.get())) : Object();
  if (!table || !PyDict_Check(table.get())) {
    PyErr_Clear();
    return known;
  }
  if (static_cast<std::size_t>(PyDict_Size(table.get())) == known.size()) return known;
  PyObject *key = nullptr, *value = nullptr;
  Py_ssize_t at = 0;
  while (PyDict_Next(table.get(), &at, &key, &value)) known.insert(utf8_of(key));
  if (findings != nullptr) {
    ByteWriter bytes;
    bytes.texts({known.begin(), known.end()});
    findings->add(kModuleNames, "", bytes.take());
  }
  return known;
}

Result<const data::PythonHost::ModuleFunction*> Interpreter::module_function(
    const std::string& name) {
  auto& known = state_->module_functions;
  if (auto found = known.find(name); found != known.end()) return &found->second;
  Findings* findings = state_->findings;
  if (auto found = findings != nullptr ? findings->find(kModuleFunction, name) : std::nullopt) {
    ByteReader in(*found);
    ModuleFunction function;
    function.value = in.text();
    function.refs = read_refs(in);
    return &known.emplace(name, std::move(function)).first->second;
  }
  Unwatched unwatched;
  Object get = attribute("bb.codeparser", "module_function");
  if (!get) return fail(take_exception());
  Object out = Object::steal(PyObject_CallFunctionObjArgs(get.get(), py_text(name).get(), nullptr));
  if (!out) return fail(take_exception());
  ModuleFunction function{utf8_of(PyTuple_GetItem(out.get(), 3)), refs_of(out.get())};
  if (findings != nullptr) {
    ByteWriter bytes;
    bytes.text(function.value);
    write_refs(bytes, function.refs);
    findings->add(kModuleFunction, name, bytes.take());
  }
  return &known.emplace(name, std::move(function)).first->second;
}

namespace {

Result<int> exit_status(const Object& result) {
  if (result) return 0;
  if (PyErr_ExceptionMatches(PyExc_SystemExit)) {
    PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    Object hold_type = Object::steal(type), hold_value = Object::steal(value),
           hold_trace = Object::steal(trace);
    Object code = Object::steal(PyObject_GetAttrString(value, "code"));
    if (!code || code.get() == Py_None) return 0;
    if (PyLong_Check(code.get())) return static_cast<int>(PyLong_AsLong(code.get()));
    PySys_FormatStderr("%S\n", code.get());
    return 1;
  }
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  std::string untold = value != nullptr ? untold_of(value) : "";
  PyErr_Restore(type, value, trace);
  PyErr_Print();
  if (!untold.empty()) PySys_FormatStderr("ERROR: %s\n", untold.c_str());
  return 1;
}

// file is where the code is, absolute; "" for none.
Result<int> run_main(const Object& code, const std::string& name, const std::string& file,
                     const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {name};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  PySys_SetObject("argv", list_of(argv).get());
  Object main = Object::steal(PyDict_New());
  PyDict_SetItemString(main.get(), "__name__", py_text("__main__").get());
  if (!file.empty()) PyDict_SetItemString(main.get(), "__file__", py_text(file).get());
  PyDict_SetItemString(main.get(), "__builtins__", PyEval_GetBuiltins());
  Object result = Object::steal(PyEval_EvalCode(code.get(), main.get(), main.get()));
  Result<int> status = exit_status(result);
  Object flush = attribute("bb.utils", "_flush");
  if (flush) Object::steal(PyObject_CallNoArgs(flush.get()));
  PyErr_Clear();
  return status;
}

}  // namespace

Result<int> Interpreter::run_script(const std::string& path,
                                    const std::vector<std::string>& arguments) {
  Object open = attribute("bb.utils", "_read_source");
  if (!open) return fail(take_exception());
  Object text =
      Object::steal(PyObject_CallFunctionObjArgs(open.get(), py_text(path).get(), nullptr));
  if (!text) return fail(take_exception());
  Object code =
      Object::steal(Py_CompileString(utf8_of(text.get()).c_str(), path.c_str(), Py_file_input));
  if (!code) return fail(take_exception());
  std::error_code code_of_error;
  std::string file = std::filesystem::absolute(path, code_of_error).string();
  return run_main(code, path, file, arguments);
}

Result<int> Interpreter::run_text(const std::string& text,
                                  const std::vector<std::string>& arguments) {
  Object code = Object::steal(Py_CompileString(text.c_str(), "<command>", Py_file_input));
  if (!code) return fail(take_exception());
  return run_main(code, "-c", "", arguments);
}

Result<std::string> Interpreter::call(const std::string& module, const std::string& function,
                                      data::Store* d, const std::vector<std::string>& arguments) {
  Object callee = attribute(module.c_str(), function.c_str());
  if (!callee) return fail(take_exception());
  Object tuple = Object::steal(
      PyTuple_New(static_cast<Py_ssize_t>(arguments.size()) + (d != nullptr ? 1 : 0)));
  Py_ssize_t at = 0;
  if (d != nullptr) PyTuple_SetItem(tuple.get(), at++, wrap(d->shared_from_this()).release());
  for (const auto& argument : arguments)
    PyTuple_SetItem(tuple.get(), at++, py_text(argument).release());
  Object out = Object::steal(PyObject_CallObject(callee.get(), tuple.get()));
  if (!out) return fail(take_exception());
  Object text = Object::steal(PyObject_Str(out.get()));
  return text ? utf8_of(text.get()) : "";
}

Result<void> Interpreter::set_task_dependencies(data::Store& d, std::string records) {
  return d.set("BB_TASKDEPDATA",
               std::shared_ptr<const data::Opaque>(
                   std::make_shared<LateValue>("bb.build", "_taskdepdata", std::move(records))),
               data::Writer::Code);
}

namespace {

// Of this process; each is a folder there.
bool has_one_thread() {
  struct stat info{};
  constexpr nlink_t kOne = 3;
  return ::stat("/proc/self/task", &info) == 0 && info.st_nlink == kOne;
}

}  // namespace

// In a process of one thread nothing that Python has can be half done.
void Interpreter::before_fork() {
  state_->plain_fork =
      state_->forks.at_fork && PyList_Size(state_->forks.at_fork.get()) == 0 && has_one_thread();
  if (!state_->plain_fork) PyOS_BeforeFork();
}

void Interpreter::after_fork_parent() {
  if (!state_->plain_fork) PyOS_AfterFork_Parent();
}

void Interpreter::after_fork_child() {
  if (!state_->plain_fork) return PyOS_AfterFork_Child();
  if (!Object::steal(PyObject_CallNoArgs(state_->forks.reborn.get()))) PyErr_Clear();
}

}  // namespace hitz::python
