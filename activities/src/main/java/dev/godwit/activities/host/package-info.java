/** Servers over ssh: commands, files, supervised jobs, tunnels. The other packages see only its interfaces. */
@NullMarked
package dev.godwit.activities.host;

import org.jspecify.annotations.NullMarked;
