/** Measures what Godwit takes, beside what it stands on or is compared with, in one run on one machine. */
@NullMarked
package dev.godwit.lab.bench;

import org.jspecify.annotations.NullMarked;
