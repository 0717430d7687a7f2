package io.tributary.protocol.mqtt.codec;

/** A packet that breaks a rule of form. */
public final class PacketException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public PacketException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
