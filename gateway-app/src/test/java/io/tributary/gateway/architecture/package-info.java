/**
 * Holds the layout of docs/architecture.md: which package may see which, and how large things get. Single-threaded.
 */
@NullMarked
package io.tributary.gateway.architecture;

import org.jspecify.annotations.NullMarked;
