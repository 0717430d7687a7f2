/** Tests of bearer tokens. */
@NullMarked
package io.tributary.gateway.security;

import org.jspecify.annotations.NullMarked;
