@NullMarked
package dev.godwit.api.auth;

import org.jspecify.annotations.NullMarked;
