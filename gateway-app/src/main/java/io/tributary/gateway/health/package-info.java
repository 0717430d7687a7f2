/**
 * Tells whether the server is ready for clients. Read by any thread.
 */
@NullMarked
package io.tributary.gateway.health;

import org.jspecify.annotations.NullMarked;
