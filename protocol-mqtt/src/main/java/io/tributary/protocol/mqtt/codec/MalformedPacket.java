package io.tributary.protocol.mqtt.codec;

/** Takes the place of a packet that breaks a rule of form; nothing follows it on its connection. */
public record MalformedPacket(Reason reason, String detail) {
}
