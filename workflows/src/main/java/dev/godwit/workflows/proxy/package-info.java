/** The web server that answers for the service: its part of the spec, its steps, and the activities that do it. */
@NullMarked
package dev.godwit.workflows.proxy;

import org.jspecify.annotations.NullMarked;
