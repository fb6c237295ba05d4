// Ctrl-C: the first one sets a flag that every long loop polls; if the process has not ended within a second it is
// ended, which loses nothing, since files appear by rename.
#pragma once

namespace ocellus::run {

// Installs the handlers of SIGINT and SIGTERM. Once, from main.
void watch_for_interrupts();

bool interrupted();

}  // namespace ocellus::run
