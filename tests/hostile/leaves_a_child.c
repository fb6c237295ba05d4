/* Starts a process that outlives the scan and keeps its descriptors open. */
#include <unistd.h>

#include "package.h"

__attribute__((constructor)) static void start(void) {
  if (fork() == 0) {
    sleep(600);
    _exit(0);
  }
}

static const oc_plugin method = HOSTILE_METHOD("leaves-a-child");
static const oc_plugin* const plugins[] = {&method};
static const oc_package package = HOSTILE_PACKAGE("org.example.leaves-a-child", "", plugins);

const oc_package* ocellus_package_v0(void) {
  return &package;
}
