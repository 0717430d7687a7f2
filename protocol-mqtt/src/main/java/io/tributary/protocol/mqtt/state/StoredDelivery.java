package io.tributary.protocol.mqtt.state;

import org.jspecify.annotations.Nullable;

/**
 * A QoS 2 delivery of a persistent session that is under way (MQTT 5.0 section 4.3.3).
 *
 * @param owned the session has taken the record from a shared subscription: nobody else delivers it
 */
public record StoredDelivery(Position position, int packetId, Phase phase, boolean owned) {
    /** How far it has come. */
    public enum Phase {
        /** PUBLISH may have been sent under this identifier. */
        SENT(0),
        /** PUBREC came; only PUBREL may be sent. */
        RELEASED(1),
        /** PUBCOMP came. Kept for a while, because the core's acknowledgement may be lost in a crash and the record come again. */
        DONE(2);

        private final int code;

        Phase(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static @Nullable Phase of(int code) {
            for (Phase phase : values()) {
                if (phase.code == code) {
                    return phase;
                }
            }
            return null;
        }
    }
}
