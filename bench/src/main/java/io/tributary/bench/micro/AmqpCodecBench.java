package io.tributary.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.FrameDecoder;
import io.tributary.protocol.amqp.codec.FrameEncoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The frames of a message of 1 KiB: method, header and body; sixteen of them arrive in one piece. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AmqpCodecBench {
    private static final int MESSAGES = 16;
    private static final int FRAME_MAX = 131_072;
    private static final int BODY = 1024;

    private final byte[] body = new byte[BODY];
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(FRAME_MAX));
    private final ByteBuf arrived = arrived();

    private ByteBuf arrived() {
        ByteBuf hello = Unpooled.buffer();
        FrameEncoder.writeProtocolHeader(hello);
        channel.writeInbound(hello);
        channel.releaseInbound();
        ByteBuf out = Unpooled.directBuffer();
        for (int i = 0; i < MESSAGES; i++) {
            FrameEncoder.writeMethod(out, 1, new BasicMethod.Publish("exchange", "routing.key", false, false));
            writeContent(out);
        }
        return out;
    }

    private void writeContent(ByteBuf out) {
        FrameEncoder.writeHeader(out, 1, BODY, ContentProperties.EMPTY);
        FrameEncoder.writeBodyStart(out, 1, BODY);
        out.writeBytes(body);
        FrameEncoder.writeBodyEnd(out);
    }

    /** What a publisher sends. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void decodePublish(Blackhole blackhole) {
        channel.writeInbound(arrived.retainedDuplicate());
        for (Object frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            blackhole.consume(frame);
            ReferenceCountUtil.release(frame);
        }
    }

    /** What a consumer is sent. */
    @Benchmark
    public void encodeDeliver(Blackhole blackhole) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(2 * BODY);
        FrameEncoder.writeMethod(out, 1, new BasicMethod.Deliver("consumer", 1, false, "exchange", "routing.key"));
        writeContent(out);
        blackhole.consume(out);
        out.release();
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        arrived.release();
        channel.finishAndReleaseAll();
    }
}
