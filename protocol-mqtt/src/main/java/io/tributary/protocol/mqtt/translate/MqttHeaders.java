package io.tributary.protocol.mqtt.translate;

import io.tributary.core.model.HeaderNames;

/** The record headers that carry what only MQTT has; docs/conversions.md lists them. */
public final class MqttHeaders {
    /** The QoS with which a record was published; decimal. */
    public static final String QOS = HeaderNames.MQTT_PREFIX + "qos";
    /** Present when the record was published with RETAIN, for subscribers that ask for "retain as published". */
    public static final String RETAIN = HeaderNames.MQTT_PREFIX + "retain";
    /** The payload format indicator; decimal. */
    public static final String PAYLOAD_FORMAT_INDICATOR = HeaderNames.MQTT_PREFIX + "payload-format-indicator";
    /** The publisher's client identifier, present only while that client has a subscription with "no local". */
    public static final String PUBLISHER = HeaderNames.MQTT_PREFIX + "publisher";
    /** Tells a QoS 2 publication of a persistent session from every other, so that a repetition after a crash is known. */
    public static final String PUBLICATION_ID = HeaderNames.MQTT_PREFIX + "publication-id";

    private MqttHeaders() {
    }
}
