package io.tributary.core.model;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The one exception with which the core fails. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final BadRecord[] badRecords;

    /**
     * A record for which the whole batch was refused.
     *
     * @param index its place in the batch, from 0
     */
    public record BadRecord(int index, String message) implements Serializable {
    }

    public BrokerException(ErrorCode code, String message) {
        super(message);
        this.code = code;
        this.badRecords = new BadRecord[0];
    }

    public BrokerException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.badRecords = new BadRecord[0];
    }

    /** As the others, for what is wrong with some records of a batch. */
    public BrokerException(ErrorCode code, String message, List<BadRecord> badRecords) {
        super(message);
        this.code = code;
        this.badRecords = badRecords.toArray(BadRecord[]::new);
    }

    public ErrorCode code() {
        return code;
    }

    /** The records to blame, in their order and perhaps not all; empty when it is nothing of single records. */
    public List<BadRecord> badRecords() {
        return List.of(badRecords);
    }

    /** The failure of a completion stage as a BrokerException: unwrapped, and {@link ErrorCode#INTERNAL} for anything else. */
    public static BrokerException of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof BrokerException known) {
            return known;
        }
        return new BrokerException(ErrorCode.INTERNAL, cause.toString(), cause);
    }
}
