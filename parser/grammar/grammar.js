// Prototype: line-exact BitBake grammar. All line-level decisions are the external scanner's.
module.exports = grammar({
  name: 'bitbake',

  externals: $ => [
    $.comment,             // 0
    $.identifier,          // 1  a piece of a key or of a function's name
    $._colon,              // 2  ':' inside a name
    $._exp_open,           // 3  '${' of a plain expansion that is certain to close
    $._py_open,            // 4  '${@' certain to close
    $.python_expression,   // 5  text inside ${@ }
    $._str_open,           // 6
    $.string_content,      // 7
    $._str_close,          // 8
    $.shell_content,       // 9
    $.python_content,      // 10
    $._body_close,         // 11 a line that is exactly '}'
    $._kw_python,          // 12
    $._kw_fakeroot,        // 13
    $._kw_def,             // 14
    $.python_identifier,   // 15
    $.python_block,        // 16 rest of a def: header's tail and the indented lines
    $._kw_export,          // 17
    $._kw_unset,           // 18
    $._kw_inherit,         // 19
    $._kw_inherit_defer,   // 20
    $._kw_include,         // 21
    $._kw_include_all,     // 22
    $._kw_require,         // 23
    $._kw_addtask,         // 24
    $._kw_deltask,         // 25
    $._kw_addhandler,      // 26
    $._kw_export_functions,// 27
    $._kw_addpylib,        // 28
    $._kw_addfragments,    // 29
    $.word,                // 30 argument text up to blank / ${ / end of logical line
    $.task_word,           // 31 the same, ends at '#', never before/after
    $._kw_before,          // 32
    $._kw_after,           // 33
    $._concat,             // 34
    $._key_ident,          // 35 the three that can open a name: only at a line's start or after a keyword
    $._key_exp_open,       // 36
    $._key_colon,          // 37
    $._op_set, $._op_imm, $._op_weak, $._op_weakest, $._op_app, $._op_pre, $._op_postdot, $._op_predot, // 38..45
    $.flag,                // 46
    $._trailing_comment,   // 47 after the tasks of addtask / deltask, on their own line
    $._error_line,         // 48 never valid: makes an ERROR node of exactly one logical line
  ],

  extras: $ => [/[ \t\f\r\n\v]+/, /\\[ \t\f\r\v]*\n/],

  supertypes: $ => [],

  rules: {
    source_file: $ => repeat($._item),

    _item: $ => choice(
      $.comment, $.assignment, $.export_statement, $.unset_statement,
      $.inherit_directive, $.inherit_defer_directive, $.include_directive, $.include_all_directive, $.require_directive,
      $.addtask_statement, $.deltask_statement, $.addhandler_statement, $.export_functions_statement,
      $.addpylib_statement, $.addfragments_statement,
      $.shell_function, $.python_function, $.python_definition,
    ),

    // ---- names
    name: $ => seq(
      choice(
        seq(choice(alias($._key_ident, $.identifier), alias($._key_expansion, $.variable_expansion)),
            repeat(choice($.identifier, $.variable_expansion))),
        seq(alias($._key_colon, ':'), optional($.override))),
      repeat($._override)),
    _key_expansion: $ => seq(alias($._key_exp_open, '${'),
      repeat1(choice($.variable_name, $.variable_expansion, $.inline_python)), token.immediate('}')),
    _override: $ => seq(alias($._colon, ':'), optional($.override)),
    override: $ => repeat1(choice($.identifier, $.variable_expansion)),

    variable_expansion: $ => seq(alias($._exp_open, '${'),
      repeat1(choice($.variable_name, $.variable_expansion, $.inline_python)), token.immediate('}')),
    variable_name: _ => token.immediate(/[a-zA-Z0-9\-_+.\/~:]+/),
    inline_python: $ => seq(alias($._py_open, '${@'),
      repeat(choice($.python_expression, $.variable_expansion)), token.immediate('}')),

    // ---- assignment
    assignment: $ => seq(
      optional(alias($._kw_export, 'export')),
      field('name', $.name),
      optional($._flag),
      field('operator', choice(alias($._op_set, '='), alias($._op_imm, ':='), alias($._op_weak, '?='), alias($._op_weakest, '??='),
        alias($._op_app, '+='), alias($._op_pre, '=+'), alias($._op_postdot, '.='), alias($._op_predot, '=.'))),
      field('value', $.string)),
    _flag: $ => seq('[', field('flag', $.flag), ']'),
    string: $ => seq(alias($._str_open, '"'),
      repeat(choice($.string_content, $.variable_expansion, $.inline_python)),
      alias($._str_close, '"')),

    export_statement: $ => seq(alias($._kw_export, 'export'), field('name', $.name)),
    unset_statement: $ => seq(alias($._kw_unset, 'unset'), field('name', $.name), optional($._flag)),

    // ---- directives with arguments
    inherit_directive: $ => seq(alias($._kw_inherit, 'inherit'), $._args),
    inherit_defer_directive: $ => seq(alias($._kw_inherit_defer, 'inherit_defer'), $._args),
    include_directive: $ => seq(alias($._kw_include, 'include'), $._args),
    include_all_directive: $ => seq(alias($._kw_include_all, 'include_all'), $._args),
    require_directive: $ => seq(alias($._kw_require, 'require'), $._args),
    addhandler_statement: $ => seq(alias($._kw_addhandler, 'addhandler'), $._args),
    export_functions_statement: $ => seq(alias($._kw_export_functions, 'EXPORT_FUNCTIONS'), $._args),
    addpylib_statement: $ => seq(alias($._kw_addpylib, 'addpylib'), $._args),
    addfragments_statement: $ => seq(alias($._kw_addfragments, 'addfragments'), $._args),
    _args: $ => repeat1($.argument),
    argument: $ => prec.right(seq($._piece, repeat(seq($._concat, $._piece)))),
    _piece: $ => choice($.word, $.variable_expansion, $.inline_python),

    addtask_statement: $ => prec.right(seq(alias($._kw_addtask, 'addtask'),
      repeat(choice($.task, alias($._kw_before, 'before'), alias($._kw_after, 'after'))), optional(alias($._trailing_comment, $.comment)))),
    deltask_statement: $ => prec.right(seq(alias($._kw_deltask, 'deltask'), repeat($.task), optional(alias($._trailing_comment, $.comment)))),
    task: $ => prec.right(seq($._task_piece, repeat(seq($._concat, $._task_piece)))),
    _task_piece: $ => choice($.task_word, $.variable_expansion, $.inline_python),

    // ---- functions
    shell_function: $ => seq(optional(alias($._kw_fakeroot, 'fakeroot')), field('name', $.name), '(', ')', '{',
      field('body', optional($.shell_body)), alias($._body_close, '}')),
    shell_body: $ => repeat1(choice($.shell_content, $.variable_expansion, $.inline_python)),
    python_function: $ => seq(
      choice(seq(repeat(alias($._kw_fakeroot, 'fakeroot')), alias($._kw_python, 'python'),
                 repeat(choice(alias($._kw_fakeroot, 'fakeroot'), alias($._kw_python, 'python'))),
                 optional(field('name', $.name)), '('), '('), ')', '{',
      field('body', optional(alias($.python_content, $.python_body))), alias($._body_close, '}')),
    python_definition: $ => seq(alias($._kw_def, 'def'), field('name', $.python_identifier), field('body', $.python_block)),
  },
});
