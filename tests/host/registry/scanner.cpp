// What ocellus does when it is run again with --scan-plugin.
#include <cstring>

#include "host/registry/scan.hpp"

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], ocellus::registry::scan_argument) == 0) {
    ocellus::registry::scan_plugin_main(argv[2]);
  }
  return 2;
}
