package dev.godwit.lab;

/** How much data the site has. */
enum Rows {
    /** About 20 MB. */
    SMALL,
    /** More than 1.1 GB. */
    FULL
}
