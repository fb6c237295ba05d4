/* Prints while it is opened; that must not get into the answer of a scan. */
#include <stdio.h>

#include "package.h"

__attribute__((constructor)) static void greet(void) {
  puts("{\"refused\": \"from the library\"}");
  fflush(stdout);
}

static const oc_plugin method = HOSTILE_METHOD("prints");
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.prints", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
