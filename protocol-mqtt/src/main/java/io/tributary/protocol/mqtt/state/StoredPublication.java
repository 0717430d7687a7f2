package io.tributary.protocol.mqtt.state;

/**
 * A QoS 2 publication whose PUBREL has not come (MQTT-4.3.3-10). Written before the message is stored, so that after a crash the
 * log itself tells, by the publication's id, whether it was.
 *
 * @param id    stored in a header of the record
 * @param since milliseconds since the epoch; the record is no older
 */
public record StoredPublication(int packetId, long id, long since) {
}
