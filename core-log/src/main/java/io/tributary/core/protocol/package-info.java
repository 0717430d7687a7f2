/**
 * The interface by which a protocol plugs in; the only core package that names Netty's channels. Called by the gateway's start and stop,
 * on its thread.
 */
@NullMarked
package io.tributary.core.protocol;

import org.jspecify.annotations.NullMarked;
