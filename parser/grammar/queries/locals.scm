; SPDX-License-Identifier: Apache-2.0
; A file is one scope: BitBake has no other.
(source_file) @local.scope
(assignment name: (name . (identifier) @local.definition.var))
(shell_function name: (name . (identifier) @local.definition.function))
(python_function name: (name . (identifier) @local.definition.function))
(python_definition name: (python_identifier) @local.definition.function)
(variable_name) @local.reference
(task (task_word) @local.reference)
