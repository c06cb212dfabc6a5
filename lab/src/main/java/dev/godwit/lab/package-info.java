@org.jspecify.annotations.NullMarked
package dev.godwit.lab;
