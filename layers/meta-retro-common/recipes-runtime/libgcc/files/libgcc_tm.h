/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing more is to be said of these machines. */
