/* Crashes in its entry. */
#include <stdlib.h>

#include "package.h"

const oc_package* ocellus_package_v0(void) {
  abort();
}
