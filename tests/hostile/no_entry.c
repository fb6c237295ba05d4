/* A shared library that is no package, and must not even be loaded: it would crash. */
#include <stdlib.h>

#include <ocellus/abi/base.h>

__attribute__((constructor)) static void crash(void) {
  abort();
}

OC_EXPORT int something_else(void);
int something_else(void) {
  return 1;
}
