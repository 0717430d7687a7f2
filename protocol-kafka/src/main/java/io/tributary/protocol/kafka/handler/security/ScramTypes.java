package io.tributary.protocol.kafka.handler.security;

import io.tributary.core.security.ScramMechanism;
import org.jspecify.annotations.Nullable;

/** Kafka's numbers for the mechanisms of SCRAM (KIP-554). */
final class ScramTypes {
    private ScramTypes() {
    }

    static byte of(ScramMechanism mechanism) {
        return switch (mechanism) {
            case SCRAM_SHA_256 -> 1;
            case SCRAM_SHA_512 -> 2;
        };
    }

    /** The mechanism of this number, or null. */
    static @Nullable ScramMechanism find(byte type) {
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            if (of(mechanism) == type) {
                return mechanism;
            }
        }
        return null;
    }
}
