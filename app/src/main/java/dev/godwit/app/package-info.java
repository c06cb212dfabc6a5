@org.jspecify.annotations.NullMarked
package dev.godwit.app;
