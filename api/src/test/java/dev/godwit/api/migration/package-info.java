@NullMarked
package dev.godwit.api.migration;

import org.jspecify.annotations.NullMarked;
