/** The program in front of demo, lab and benchmarks. */
@NullMarked
package dev.godwit.lab.main;

import org.jspecify.annotations.NullMarked;
