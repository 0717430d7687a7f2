/** Configs of topics and of the broker: DescribeConfigs, AlterConfigs, IncrementalAlterConfigs. Only what is enforced can be set. */
@NullMarked
package io.tributary.protocol.kafka.handler.configs;

import org.jspecify.annotations.NullMarked;
