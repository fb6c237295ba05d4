/* Ends the process while it is loaded. */
#include <stdlib.h>

#include "package.h"

__attribute__((constructor)) static void leave(void) {
  exit(3);
}

const oc_package* ocellus_package_v0(void) {
  return NULL;
}
