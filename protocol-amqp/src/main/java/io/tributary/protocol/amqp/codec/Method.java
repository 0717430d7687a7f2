package io.tributary.protocol.amqp.codec;

/**
 * A method with its arguments (section 1 of the reference of AMQP 0-9-1). Reserved arguments are read over and written as zero. Byte
 * arrays are not copied and must not be changed.
 */
public sealed interface Method
    permits ConnectionMethod, ChannelMethod, ExchangeMethod, QueueMethod, BasicMethod, ConfirmMethod, TxMethod {
    MethodType type();

    /** Writes the arguments, without the method's identifiers. */
    void writeTo(ArgumentWriter out);
}
