@NullMarked
package dev.godwit.app.engine;

import org.jspecify.annotations.NullMarked;
