/** What tools ask about nodes, replicas and elections; on one node there is little to tell and nothing to move. On event loops. */
@NullMarked
package io.tributary.protocol.kafka.handler.cluster;

import org.jspecify.annotations.NullMarked;
