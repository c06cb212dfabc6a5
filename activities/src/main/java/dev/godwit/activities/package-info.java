@org.jspecify.annotations.NullMarked
package dev.godwit.activities;
