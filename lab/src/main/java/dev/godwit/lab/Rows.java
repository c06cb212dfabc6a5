package dev.godwit.lab;

/** How much data the site has. */
public enum Rows {
    /** About 20 MB. */
    SMALL,
    /** More than 1.1 GB. */
    FULL
}
