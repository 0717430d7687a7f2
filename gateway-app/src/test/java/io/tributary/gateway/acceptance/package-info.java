/**
 * The whole server from the outside: every protocol's unmodified client against every other's, crashes, bad input, the process's life.
 * Each test class starts its own server on free ports and a temporary directory.
 */
@NullMarked
package io.tributary.gateway.acceptance;

import org.jspecify.annotations.NullMarked;
