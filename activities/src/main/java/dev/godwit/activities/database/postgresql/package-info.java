/** PostgreSQL 13 to 17: copied by its own tools on the servers, asked over JDBC through ssh. */
@NullMarked
package dev.godwit.activities.database.postgresql;

import org.jspecify.annotations.NullMarked;
