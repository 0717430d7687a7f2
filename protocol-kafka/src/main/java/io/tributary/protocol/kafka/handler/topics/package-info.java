/** Topics and the cluster: Metadata, DescribeTopicPartitions, DescribeCluster, CreateTopics, DeleteTopics, CreatePartitions. */
@NullMarked
package io.tributary.protocol.kafka.handler.topics;

import org.jspecify.annotations.NullMarked;
