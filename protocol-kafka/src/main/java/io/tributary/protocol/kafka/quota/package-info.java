/**
 * How fast clients may be (KIP-13, KIP-55, KIP-124): rates measured over the last seconds, and how long who is over its quota must wait.
 * Safe on any thread, but for a connection's own throttle, which stays on its event loop.
 */
@NullMarked
package io.tributary.protocol.kafka.quota;

import org.jspecify.annotations.NullMarked;
