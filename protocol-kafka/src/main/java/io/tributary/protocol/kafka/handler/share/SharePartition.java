package io.tributary.protocol.kafka.handler.share;

import org.apache.kafka.common.Uuid;

/** A partition as requests name it. */
record SharePartition(Uuid topicId, int partition) {
}
