/** Users' crontabs. */
@NullMarked
package dev.godwit.activities.crontabs;

import org.jspecify.annotations.NullMarked;
