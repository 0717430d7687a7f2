/**
 * Load generators. Each main program drives one server through one setting and prints its figures as {@code name=value} lines on
 * standard output; it runs in a JVM of its own, so that every measurement begins alike. Single-threaded unless a class says otherwise.
 */
@NullMarked
package io.tributary.bench.load;

import org.jspecify.annotations.NullMarked;
