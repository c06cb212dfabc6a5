/** A read-only look at both servers before a migration. */
@NullMarked
package dev.godwit.activities.inspection;

import org.jspecify.annotations.NullMarked;
