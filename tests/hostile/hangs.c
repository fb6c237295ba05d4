/* Never comes back from its entry. */
#include <unistd.h>

#include "package.h"

const oc_package* ocellus_package_v0(void) {
  for (;;) pause();
}
