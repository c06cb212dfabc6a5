/** Servers over ssh: commands, files, supervised jobs, tunnels. */
@NullMarked
package dev.godwit.activities.host;

import org.jspecify.annotations.NullMarked;
