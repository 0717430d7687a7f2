/**
 * Who may come in: everybody, or the users that the configuration names. Safe on any thread.
 */
@NullMarked
package io.tributary.gateway.security;

import org.jspecify.annotations.NullMarked;
