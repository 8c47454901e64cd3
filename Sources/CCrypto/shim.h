// OpenSSL's one-shot SHA-1, from which service-center derives the IDs of microservices.
#ifndef MAINSTEM_CCRYPTO_SHIM_H
#define MAINSTEM_CCRYPTO_SHIM_H

#include <openssl/sha.h>

#endif
