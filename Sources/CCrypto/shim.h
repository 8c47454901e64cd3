// OpenSSL's one-shot SHA-1, from which service-center derives the IDs of microservices and a WebSocket its handshake,
// and its base64.
#ifndef MAINSTEM_CCRYPTO_SHIM_H
#define MAINSTEM_CCRYPTO_SHIM_H

#include <openssl/evp.h>
#include <openssl/sha.h>

#endif
