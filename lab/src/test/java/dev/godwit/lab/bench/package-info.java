@NullMarked
package dev.godwit.lab.bench;

import org.jspecify.annotations.NullMarked;
