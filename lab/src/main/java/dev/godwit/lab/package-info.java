/** The lab from the command line and from tests: servers, a live site, traffic, the demo and its scenarios. */
@NullMarked
package dev.godwit.lab;

import org.jspecify.annotations.NullMarked;
