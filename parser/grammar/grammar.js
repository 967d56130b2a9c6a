// SPDX-License-Identifier: Apache-2.0
// BitBake's language. src/scanner.c decides what each line is and cuts its tokens; the rules here
// only give the tree its shape. What depends on the kind of file (a .conf knows no functions) or on
// the release is for the reader of the tree.
//
// A keyword's token is only ever given for a line that is of its kind, and a name can only be opened
// by the three key tokens, so no two rules can both go on: there is no conflict to resolve, and no
// token for a line's end.

const blanks = '\\t\\v\\f\\x1c-\\x1f \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const directive = ($, keyword, text) => seq(alias(keyword, text), repeat1($.argument));

module.exports = grammar({
  name: 'bitbake',

  // In the order of enum Token in src/lookahead.h.
  externals: $ => [
    $.comment,
    $.identifier,           // a piece of a name after its first
    $._colon,
    $._expansion_open,      // "${" of an expansion that is certain to close
    $._python_open,         // "${@", as certain
    $.python_expression,
    $._value_open,
    $.string_content,
    $._value_close,
    $.shell_content,
    $.python_content,
    $._body_close,          // a line that is "}"
    $._kw_python,
    $._kw_fakeroot,
    $._kw_def,
    $.python_identifier,
    $.python_block,         // the rest of a def
    $._kw_export,
    $._kw_unset,
    $._kw_inherit,
    $._kw_inherit_defer,
    $._kw_include,
    $._kw_include_all,
    $._kw_require,
    $._kw_addtask,
    $._kw_deltask,
    $._kw_addhandler,
    $._kw_export_functions,
    $._kw_addpylib,
    $._kw_addfragments,
    $.word,                 // a piece of an argument
    $.task_word,            // a piece of a task's name; "#" ends it
    $._kw_before,
    $._kw_after,
    $._concat,              // nothing stands between two pieces of one argument
    $._key_identifier,      // these three open a name
    $._key_expansion_open,
    $._key_colon,
    $._op_set,
    $._op_immediate,
    $._op_weak,
    $._op_weakest,
    $._op_append,
    $._op_prepend,
    $._op_dot_append,
    $._op_dot_prepend,
    $.flag,
    $._trailing_comment,    // after the tasks of addtask and deltask
    $._error_line,          // in no rule: an error of exactly one line
  ],

  extras: _ => [new RegExp(`[\\n\\r${blanks}]+`), new RegExp(`\\\\[\\r${blanks}]*\\n`)],

  rules: {
    source_file: $ => repeat($._item),

    _item: $ => choice(
      $.comment,
      $.assignment,
      $.export_statement,
      $.unset_statement,
      $.inherit_directive,
      $.inherit_defer_directive,
      $.include_directive,
      $.include_all_directive,
      $.require_directive,
      $.addtask_statement,
      $.deltask_statement,
      $.addhandler_statement,
      $.export_functions_statement,
      $.addpylib_statement,
      $.addfragments_statement,
      $.shell_function,
      $.python_function,
      $.python_definition,
    ),

    // Names: pieces, and overrides after colons.

    name: $ => seq(
      choice(
        seq(choice(alias($._key_identifier, $.identifier), alias($._key_expansion, $.variable_expansion)),
          repeat($._name_piece)),
        seq(alias($._key_colon, ':'), optional($.override))),
      repeat(seq(alias($._colon, ':'), optional($.override)))),
    override: $ => repeat1($._name_piece),
    _name_piece: $ => choice($.identifier, $.variable_expansion),

    _key_expansion: $ => seq(alias($._key_expansion_open, '${'), $._expanded),
    variable_expansion: $ => seq(alias($._expansion_open, '${'), $._expanded),
    _expanded: $ => seq(
      repeat1(choice($.variable_name, $.variable_expansion, $.inline_python)), token.immediate('}')),
    variable_name: _ => token.immediate(/[a-zA-Z0-9\-_+.\/~:]+/),
    inline_python: $ => seq(alias($._python_open, '${@'),
      repeat(choice($.python_expression, $.variable_expansion)), token.immediate('}')),

    // Assignments.

    assignment: $ => seq(
      optional(alias($._kw_export, 'export')),
      field('name', $.name),
      optional($._flag),
      field('operator', $._operator),
      field('value', $.string)),
    _flag: $ => seq('[', field('flag', $.flag), ']'),
    _operator: $ => choice(
      alias($._op_set, '='), alias($._op_immediate, ':='), alias($._op_weak, '?='),
      alias($._op_weakest, '??='), alias($._op_append, '+='), alias($._op_prepend, '=+'),
      alias($._op_dot_append, '.='), alias($._op_dot_prepend, '=.')),
    string: $ => seq(alias($._value_open, '"'),
      repeat(choice($.string_content, $.variable_expansion, $.inline_python)),
      alias($._value_close, '"')),

    export_statement: $ => seq(alias($._kw_export, 'export'), field('name', $.name)),
    unset_statement: $ => seq(alias($._kw_unset, 'unset'), field('name', $.name), optional($._flag)),

    // A keyword and arguments.

    inherit_directive: $ => directive($, $._kw_inherit, 'inherit'),
    inherit_defer_directive: $ => directive($, $._kw_inherit_defer, 'inherit_defer'),
    include_directive: $ => directive($, $._kw_include, 'include'),
    include_all_directive: $ => directive($, $._kw_include_all, 'include_all'),
    require_directive: $ => directive($, $._kw_require, 'require'),
    addhandler_statement: $ => directive($, $._kw_addhandler, 'addhandler'),
    export_functions_statement: $ => directive($, $._kw_export_functions, 'EXPORT_FUNCTIONS'),
    addpylib_statement: $ => directive($, $._kw_addpylib, 'addpylib'),
    addfragments_statement: $ => directive($, $._kw_addfragments, 'addfragments'),
    argument: $ => prec.right(seq($._piece, repeat(seq($._concat, $._piece)))),
    _piece: $ => choice($.word, $.variable_expansion, $.inline_python),

    addtask_statement: $ => prec.right(seq(alias($._kw_addtask, 'addtask'),
      repeat(choice($.task, alias($._kw_before, 'before'), alias($._kw_after, 'after'))),
      optional(alias($._trailing_comment, $.comment)))),
    deltask_statement: $ => prec.right(seq(alias($._kw_deltask, 'deltask'), repeat($.task),
      optional(alias($._trailing_comment, $.comment)))),
    task: $ => prec.right(seq($._task_piece, repeat(seq($._concat, $._task_piece)))),
    _task_piece: $ => choice($.task_word, $.variable_expansion, $.inline_python),

    // Functions. Without a name they are Python, whatever their header says.

    shell_function: $ => seq(optional($._fakeroots), field('name', $.name), '(', ')', '{',
      field('body', optional($.shell_body)), alias($._body_close, '}')),
    shell_body: $ => repeat1(choice($.shell_content, $.variable_expansion, $.inline_python)),
    python_function: $ => seq($._python_header, ')', '{',
      field('body', optional(alias($.python_content, $.python_body))), alias($._body_close, '}')),
    _python_header: $ => choice(
      seq(optional($._fakeroots), alias($._kw_python, 'python'),
        repeat(choice(alias($._kw_fakeroot, 'fakeroot'), alias($._kw_python, 'python'))),
        optional(field('name', $.name)), '('),
      seq(optional($._fakeroots), '(')),
    _fakeroots: $ => repeat1(alias($._kw_fakeroot, 'fakeroot')),
    python_definition: $ => seq(alias($._kw_def, 'def'), field('name', $.python_identifier),
      field('body', $.python_block)),
  },
});
