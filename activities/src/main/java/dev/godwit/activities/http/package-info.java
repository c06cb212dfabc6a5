/** HTTP questions to an address of Godwit's choice with the service's real name. */
@NullMarked
package dev.godwit.activities.http;

import org.jspecify.annotations.NullMarked;
