// zlib's deflate, for answers in gzip's form.
#ifndef MAINSTEM_CZLIB_SHIM_H
#define MAINSTEM_CZLIB_SHIM_H

#include <zlib.h>

#endif
