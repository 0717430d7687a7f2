/**
 * Who speaks and what they may do. Implementations must be safe on any thread.
 */
@NullMarked
package io.tributary.core.security;

import org.jspecify.annotations.NullMarked;
