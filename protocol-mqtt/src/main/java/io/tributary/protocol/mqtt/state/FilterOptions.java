package io.tributary.protocol.mqtt.state;

import io.tributary.protocol.mqtt.translate.TopicFilter;

/**
 * A subscription of a session (MQTT 5.0 section 3.8.3.1).
 *
 * @param qos            the highest with which it is delivered
 * @param retainHandling 0 to 2
 * @param identifier     0 for none
 */
public record FilterOptions(TopicFilter filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling, int identifier) {
}
