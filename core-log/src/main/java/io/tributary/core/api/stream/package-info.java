/**
 * Stream subscriptions: consumption state that is an offset for each partition, which a protocol keeps by itself and the core shows beside
 * its queue subscriptions. Values are immutable; interfaces are safe on any thread, and never wait.
 */
@NullMarked
package io.tributary.core.api.stream;

import org.jspecify.annotations.NullMarked;
