/**
 * Ports: binds each protocol, counts and limits connections, drains on stop. Started and stopped by the context's thread; the
 * accepting runs on event loops, which nothing here blocks.
 */
@NullMarked
package io.tributary.gateway.net;

import org.jspecify.annotations.NullMarked;
