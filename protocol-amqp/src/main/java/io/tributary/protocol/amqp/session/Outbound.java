package io.tributary.protocol.amqp.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FieldTable;
import io.tributary.protocol.amqp.codec.Frame;
import io.tributary.protocol.amqp.codec.FrameEncoder;
import io.tributary.protocol.amqp.codec.Method;
import org.jspecify.annotations.Nullable;

/** Collects frames into few writes. Small bodies are copied, large ones sent from where they are. */
final class Outbound {
    private static final int INITIAL_BUFFER = 4096;
    private static final int FULL_BUFFER = 64 << 10;
    private static final int COPY_UP_TO = 8 << 10;

    private final Channel channel;
    private @Nullable ByteBuf buffer;
    private boolean unflushed;
    private int frameMax;

    Outbound(Channel channel, int frameMax) {
        this.channel = channel;
        this.frameMax = frameMax;
    }

    void frameMax(int value) {
        frameMax = value;
    }

    void protocolHeader() {
        FrameEncoder.writeProtocolHeader(buffer());
    }

    void heartbeat() {
        FrameEncoder.writeHeartbeat(buffer());
    }

    void method(int channelNumber, Method method) {
        FrameEncoder.writeMethod(buffer(), channelNumber, method);
        writeIfFull();
    }

    /** A method with content. A header that is over the frame's limit, which nothing can split, goes without its header table. */
    void content(int channelNumber, Method method, ContentProperties properties, byte @Nullable [] body) {
        ByteBuf out = buffer();
        FrameEncoder.writeMethod(out, channelNumber, method);
        int size = body == null ? 0 : body.length;
        int start = out.writerIndex();
        FrameEncoder.writeHeader(out, channelNumber, size, properties);
        if (out.writerIndex() - start > frameMax) {
            out.writerIndex(start);
            FrameEncoder.writeHeader(out, channelNumber, size, withoutTable(properties));
        }
        if (body != null) {
            body(channelNumber, body);
        }
        writeIfFull();
    }

    private void body(int channelNumber, byte[] body) {
        int maxPayload = frameMax - Frame.OVERHEAD;
        for (int from = 0; from < body.length; from += maxPayload) {
            int length = Math.min(maxPayload, body.length - from);
            FrameEncoder.writeBodyStart(buffer(), channelNumber, length);
            if (length <= COPY_UP_TO) {
                buffer().writeBytes(body, from, length);
            } else {
                writeBuffer();
                write(Unpooled.wrappedBuffer(body, from, length));
            }
            FrameEncoder.writeBodyEnd(buffer());
        }
    }

    void flush() {
        writeBuffer();
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Flushes and ends the connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // a connection that does not even close is Netty's to log
    void close() {
        flush();
        channel.close();
    }

    /** Ends this side of the connection after what has been flushed; the other side may send on. */
    @SuppressWarnings("FutureReturnValueIgnored") // A channel that cannot close its output is closed by the session's timeout.
    void closeOutput() {
        if (channel instanceof DuplexChannel duplex) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> duplex.shutdownOutput());
        }
    }

    /** Gives back what was not written; nothing may be written afterwards. */
    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    private ByteBuf buffer() {
        ByteBuf current = buffer;
        if (current == null) {
            current = channel.alloc().buffer(INITIAL_BUFFER);
            buffer = current;
        }
        return current;
    }

    private void writeIfFull() {
        if (buffer != null && buffer.readableBytes() >= FULL_BUFFER) {
            writeBuffer();
        }
    }

    private void writeBuffer() {
        ByteBuf full = buffer;
        if (full != null) {
            buffer = null;
            write(full);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the void promise hands a failure to the pipeline
    private void write(ByteBuf bytes) {
        unflushed = true;
        channel.write(bytes, channel.voidPromise());
    }

    private static ContentProperties withoutTable(ContentProperties p) {
        FieldTable note = FieldTable.builder().put("x-headers-omitted", true).build();
        return new ContentProperties(p.contentType(), p.contentEncoding(), note, p.deliveryMode(), p.priority(), p.correlationId(),
            p.replyTo(), p.expiration(), p.messageId(), p.timestamp(), p.type(), p.userId(), p.appId(), p.clusterId());
    }
}
