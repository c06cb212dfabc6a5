@NullMarked
package dev.godwit.worker;

import org.jspecify.annotations.NullMarked;
