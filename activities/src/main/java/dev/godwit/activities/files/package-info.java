/** Folders by rsync through the link, and their comparison by manifest. */
@NullMarked
package dev.godwit.activities.files;

import org.jspecify.annotations.NullMarked;
