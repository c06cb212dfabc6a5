@org.jspecify.annotations.NullMarked
package dev.godwit.workflows;
