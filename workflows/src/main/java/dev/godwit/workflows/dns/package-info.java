/** Names in DNS: their part of the spec, their steps, what is found, and the activities that do it. */
@NullMarked
package dev.godwit.workflows.dns;

import org.jspecify.annotations.NullMarked;
