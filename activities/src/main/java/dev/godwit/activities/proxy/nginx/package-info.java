/** nginx: where the service's requests go. */
@NullMarked
package dev.godwit.activities.proxy.nginx;

import org.jspecify.annotations.NullMarked;
