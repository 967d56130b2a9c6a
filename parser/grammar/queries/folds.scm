; SPDX-License-Identifier: Apache-2.0
[
  (assignment)
  (shell_function)
  (python_function)
  (python_definition)
  (inherit_directive)
  (addtask_statement)
  (comment)
] @fold
