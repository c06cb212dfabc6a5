@NullMarked
package dev.godwit.app;

import org.jspecify.annotations.NullMarked;
