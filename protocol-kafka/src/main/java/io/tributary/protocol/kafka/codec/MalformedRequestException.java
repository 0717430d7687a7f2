package io.tributary.protocol.kafka.codec;

/** Bytes that are no Kafka request, or none that this server takes; the connection cannot go on. */
public final class MalformedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedRequestException(String message) {
        super(message);
    }

    public MalformedRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
