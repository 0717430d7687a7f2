/** Consumer groups, classic and KIP-848, and their committed offsets: authorizes, translates topics, and asks the group coordinator. */
@NullMarked
package io.tributary.protocol.kafka.handler.groups;

import org.jspecify.annotations.NullMarked;
