/** Certificates with what renews them, and what a server offers to those who connect. */
@NullMarked
package dev.godwit.activities.certificates;

import org.jspecify.annotations.NullMarked;
