#ifndef MAINSTEM_EPOLL_SHIM_H
#define MAINSTEM_EPOLL_SHIM_H

#include <stddef.h>
#include <sys/epoll.h>

// Declared by <string.h> under _GNU_SOURCE only.
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);

#endif
