/** Databases. One sub-package for each engine; the other packages see only {@link DatabaseActivities}. */
@NullMarked
package dev.godwit.activities.database;

import org.jspecify.annotations.NullMarked;
