package io.tributary.protocol.amqp.codec;

/** An error that the client is told by a reply code; ends its channel or, when the code is hard, its connection. */
public final class AmqpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ReplyCode code;
    private final boolean connectionError;

    public AmqpException(ReplyCode code, String text) {
        this(code, text, code.hard());
    }

    private AmqpException(ReplyCode code, String text, boolean connectionError) {
        // A bad client must not cost us a stack trace per frame.
        super(text, null, false, false);
        this.code = code;
        this.connectionError = connectionError;
    }

    /** A soft code that ends the connection all the same: a login that is refused. */
    public static AmqpException ofConnection(ReplyCode code, String text) {
        return new AmqpException(code, text, true);
    }

    public ReplyCode code() {
        return code;
    }

    /** Whether the connection ends, not just the channel. */
    public boolean connectionError() {
        return connectionError;
    }

    /** What the client is told: the code's name and the reason. */
    public String replyText() {
        return code.name() + " - " + getMessage();
    }
}
