@NullMarked
package dev.godwit.api.http;

import org.jspecify.annotations.NullMarked;
