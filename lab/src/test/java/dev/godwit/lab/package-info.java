@NullMarked
package dev.godwit.lab;

import org.jspecify.annotations.NullMarked;
