@NullMarked
package dev.godwit.api;

import org.jspecify.annotations.NullMarked;
