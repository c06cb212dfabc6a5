/** Users' crontabs: their steps and the activities that do it. */
@NullMarked
package dev.godwit.workflows.crontabs;

import org.jspecify.annotations.NullMarked;
