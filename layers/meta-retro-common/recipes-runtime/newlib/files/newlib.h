/* SPDX-License-Identifier: Apache-2.0 */
/* What newlib's configure would have found: small, one locale, no files, no threads; long long and C99 in printf. */
#define _ELIX_LEVEL 4
#define _WANT_IO_LONG_LONG 1
#define _WANT_IO_C99_FORMATS 1
#define _MB_LEN_MAX 1
#define _ATEXIT_DYNAMIC_ALLOC 1
#define _HAVE_LONG_DOUBLE 1
#define _LDBL_EQ_DBL 1
#define _HAVE_CC_INHIBIT_LOOP_TO_LIBCALL 1
#define _FVWRITE_IN_STREAMIO 1
#define _FSEEK_OPTIMIZATION 1
#define _UNBUF_STREAM_OPT 1
#define _LITE_EXIT 1
#define _REENT_GLOBAL_ATEXIT 1
