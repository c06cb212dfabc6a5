/** How the target fetches from the source: the steps and the activities that do it. */
@NullMarked
package dev.godwit.workflows.link;

import org.jspecify.annotations.NullMarked;
