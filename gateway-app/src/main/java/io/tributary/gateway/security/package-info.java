/**
 * What the gateway adds to who may come in: bearer tokens. Safe on any thread.
 */
@NullMarked
package io.tributary.gateway.security;

import org.jspecify.annotations.NullMarked;
