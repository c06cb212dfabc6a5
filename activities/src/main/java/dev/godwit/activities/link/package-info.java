/** The temporary, restricted way from the target to the source, and the clean-up of both servers. */
@NullMarked
package dev.godwit.activities.link;

import org.jspecify.annotations.NullMarked;
