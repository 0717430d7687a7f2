/** Share groups (KIP-932) as queue subscriptions of the core: how they are set, made, bound and reset. Safe on any thread. */
@NullMarked
package io.tributary.protocol.kafka.share;

import org.jspecify.annotations.NullMarked;
