/**
 * Unmodified clients of the four protocols, wrapped only so far that one test can speak through any of them. Each object is used by one
 * thread.
 */
@NullMarked
package io.tributary.gateway.acceptance.client;

import org.jspecify.annotations.NullMarked;
