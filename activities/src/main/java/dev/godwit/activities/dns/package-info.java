/** Records of the service's names: changed at the provider, proved at every authoritative server. */
@NullMarked
package dev.godwit.activities.dns;

import org.jspecify.annotations.NullMarked;
