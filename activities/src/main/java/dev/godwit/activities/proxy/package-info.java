/** Where the service's requests go: one package for each proxy server. */
@NullMarked
package dev.godwit.activities.proxy;

import org.jspecify.annotations.NullMarked;
