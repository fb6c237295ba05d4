// How the process treats memory that temporaries have left.
#pragma once

namespace ocellus::models {

// From now on freed memory is kept for the next temporary: by default each one of some MiB is a new mapping, whose
// pages the system must clear one fault at a time (docs/adr/0009 has the figures). For the whole process, and so for
// the program that runs the model.
void keep_freed_memory();

}  // namespace ocellus::models
